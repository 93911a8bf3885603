import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

/** Something that says what it means, and in which unit, to pointer, finger and keyboard. */
export function Meaning({ of, children }: { readonly of: string; readonly children: ComponentChildren }) {
  const id = useId();
  return (
    <button type="button" class="meaning" aria-describedby={id}>
      {children}
      <span class="tip" role="tooltip" id={id}>
        {of}
      </span>
    </button>
  );
}
