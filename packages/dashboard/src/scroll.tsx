import type { ComponentChildren } from 'preact';

/** A region that scrolls when its content is larger, also by the keyboard. */
export function Scroll({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section class="scroll" aria-label={name} tabIndex={0}>
      {children}
    </section>
  );
}

/** JSON as it is, in a box that scrolls. */
export function Json({ name, of }: { readonly name: string; readonly of: unknown }) {
  return (
    <Scroll name={name}>
      <pre>{JSON.stringify(of, null, 2)}</pre>
    </Scroll>
  );
}
