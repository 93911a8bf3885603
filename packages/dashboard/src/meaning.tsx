import type { ComponentChildren } from 'preact';

/** Something that says what it means, and in which unit, to pointer, finger and keyboard. */
export function Meaning({ of, children }: { readonly of: string; readonly children: ComponentChildren }) {
  return (
    <button type="button" class="meaning" aria-description={of}>
      {children}
      <span class="tip" aria-hidden="true">
        {of}
      </span>
    </button>
  );
}
