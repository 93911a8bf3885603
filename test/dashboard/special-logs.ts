import { eventId } from '@penumbra/core/envelope';
import { ROLLOUT, type StoredEvent } from '@penumbra/core/events';
import type { RolloutReview } from '@penumbra/core/rollout-events';
import { syntheticLog } from '@penumbra/core/testing/synthetic-log';

const NAME = 'a-week';
const week = () => [...syntheticLog(NAME, 7, 2)];

/** A week of two slices, after which somebody revised the definition; each version says in its description which. */
export function revisedLog(): StoredEvent[] {
  const events = week();
  const [first, ...others] = events.filter(({ stream }) => stream === ROLLOUT);
  if (first?.event.type !== 'DeploymentRegistered') throw new Error('the log does not begin as it should');
  const { definition } = first.event.data;
  const version = others.length + 2;
  const registered: StoredEvent = {
    ...first,
    event: {
      ...first.event,
      data: { ...first.event.data, definition: { ...definition, description: 'the first' } },
    },
  };
  const revised: StoredEvent = {
    ...first,
    version,
    eventId: eventId(NAME, ROLLOUT, version),
    actor: { kind: 'person', name: 'ada' },
    event: {
      type: 'DefinitionRevised',
      data: { definition: { ...definition, description: 'the second' }, definitionVersion: 2 },
    },
  };
  return [...events.map((event) => (event === first ? registered : event)), revised];
}

/** A week of two slices: the last review left one to a person, and gave the other 5 %. */
export function waitingLog(): StoredEvent[] {
  const events = week();
  const last = events.at(-1);
  if (last?.event.type !== 'RolloutReviewed') throw new Error('the log does not end with a review');
  const { data } = last.event;
  const slices = data.slices.map((slice): RolloutReview['slices'][number] =>
    slice.slice === 'slice-0'
      ? { ...slice, rule: 'approval pending', reasons: ["the next stage waits for a person's approval"] }
      : { ...slice, action: 'promote', rule: 'approved', to: { stage: 2, percent: 5 } },
  );
  return [...events.slice(0, -1), { ...last, event: { ...last.event, data: { ...data, slices } } }];
}
