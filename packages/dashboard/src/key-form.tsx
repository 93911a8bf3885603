import { useRef } from 'preact/hooks';

/** Asks for a key to read with; it is kept in memory only. */
export function KeyForm({ onKey }: { readonly onKey: (key: string) => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <main class="alone">
      <h1>This Penumbra asks for a key</h1>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (input.current?.value) onKey(input.current.value);
        }}
      >
        <label for="read-key">Read key</label>
        <input id="read-key" ref={input} type="password" autocomplete="off" required />
        <p class="note">
          Who runs Penumbra can give you one. It is kept in memory only, until you close the page.
        </p>
        <button type="submit" class="button">
          Look
        </button>
      </form>
    </main>
  );
}
