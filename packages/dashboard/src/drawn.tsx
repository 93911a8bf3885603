import type { Html } from '@penumbra/report/html';

/** Markup of the report, whose values were escaped where it was made. */
export function Drawn({ of }: { readonly of: Html | null }) {
  if (of === null) return null;
  return <div class="drawn" dangerouslySetInnerHTML={{ __html: of.html }} />;
}
