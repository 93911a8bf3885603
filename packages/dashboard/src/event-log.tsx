import { useState } from 'preact/hooks';
import type { ServedHistory } from './api.ts';
import { DefinitionVersions } from './definition-versions.tsx';
import { EventList } from './event-list.tsx';

const PAGE = 20;

/** The rollout's events, the newest first; a day's are under that day. */
export function EventLog({ history }: { readonly history: ServedHistory }) {
  const { deployment, rollout, resources } = history;
  const newest = Math.max(0, rollout.version - PAGE);
  const [after, setAfter] = useState(newest);
  const from = Math.min(after, newest);
  return (
    <>
      <p>
        Events {from + 1} to {Math.min(from + 100, rollout.version)} of {rollout.version} of the rollout.
        Those of a day are under its date, in the grid of days.{' '}
        {from > 0 ? (
          <button type="button" class="link" onClick={() => setAfter(Math.max(0, from - PAGE))}>
            Earlier ones
          </button>
        ) : null}
      </p>
      <EventList
        key={`${from}`}
        deployment={deployment}
        stream="rollout"
        after={from}
        until={history.asOf}
        newestFirst
        resources={resources}
      />
      <DefinitionVersions history={history} />
    </>
  );
}
