import type { Resources } from './api.ts';
import { noConsole } from './aws-console.ts';
import type { Named } from './event-facts.ts';

/** A link to what is named; where there is none, its name, and on hover why. */
export function Lead({ to, resources }: { readonly to: Named; readonly resources: Resources | undefined }) {
  const { text, here, inConsole } = to;
  if (here !== undefined) return <a href={here}>{text}</a>;
  const href = resources && inConsole?.(resources);
  if (href === undefined) {
    return (
      <code class="unlinked" title={inConsole && noConsole(resources)}>
        {text}
      </code>
    );
  }
  return (
    <a class="external" href={href} target="_blank" rel="noopener noreferrer">
      <code>{text}</code>
      <span class="mark" aria-hidden="true">
        {'\u00a0↗'}
      </span>
      <span class="hidden"> (in the AWS console, in a new tab)</span>
    </a>
  );
}
