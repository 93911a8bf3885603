import type { History, Intervention } from '@penumbra/core/history';
import { sentence } from '@penumbra/report/words';

const WORDS: Readonly<Record<Intervention['type'], (slice: string) => string>> = {
  RolloutPaused: () => 'paused the rollout',
  RolloutResumed: () => 'resumed the rollout',
  RolloutOverridden: (slice) => `took ${slice} back to shadow`,
  StageApproved: (slice) => `approved the next stage of ${slice}`,
  DefinitionRevised: () => 'revised the definition',
};

/** What people did, each with the reason that they gave. */
export function Interventions({ history }: { readonly history: History }) {
  if (history.interventions.length === 0) return null;
  return (
    <>
      <h3>What people did</h3>
      <ul class="interventions">
        {history.interventions.map(({ version, type, at, by, slice, reason }) => (
          <li key={version}>
            <time dateTime={at}>{at.slice(0, 10)}</time> {by} {WORDS[type](slice ?? 'every slice')}
            {reason === '' ? '.' : `: ${sentence(reason)}`}
          </li>
        ))}
      </ul>
    </>
  );
}
