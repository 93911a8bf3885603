import type { CalendarDate } from '@penumbra/core/calendar';
import type { Definition } from '@penumbra/core/definition';
import type { Policy } from '@penumbra/core/policy-schema';
import { type RolloutCommand, type RolloutState, rollout, servedPercent } from '@penumbra/core/rollout';
import type { Exposure, RolloutEvent, RolloutReview, SliceReview } from '@penumbra/core/rollout-events';
import { payOff } from './pay-off.ts';
import { review } from './policy.ts';
import { daysOfReview, type RecordedLog } from './recorded-log.ts';
import { servedOn } from './served-on.ts';

/** The recorded evidence under another policy. Money in the currency of the task. */
export interface Backtest {
  readonly deployment: string;
  readonly currency: string;
  readonly from: CalendarDate;
  readonly to: CalendarDate;
  /** Whether the recorded policy, run again on the recorded evidence, decides what was recorded. */
  readonly sameAgain: boolean;
  readonly slices: readonly { readonly slice: string; readonly recorded: Served; readonly other: Served }[];
  /** Reviews in which the two moved a slice differently; undefined where one of them held it. */
  readonly differences: readonly {
    readonly asOf: CalendarDate;
    readonly slice: string;
    readonly recorded: Move | undefined;
    readonly other: Move | undefined;
  }[];
  /** What people did that has no meaning under the other policy. */
  readonly ignored: readonly string[];
}

export interface Move {
  readonly action: SliceReview['action'];
  readonly from: Exposure;
  readonly to: Exposure;
  readonly rule: string;
  readonly reason: string;
}

export interface Served {
  /** As-of date of the review that opened the slice, and of the one that gave it its last stage; null for never. */
  readonly opened: CalendarDate | null;
  readonly complete: CalendarDate | null;
  readonly percent: number;
  readonly rollbacks: number;
  /** Records with an outcome that the challenger would have decided. */
  readonly records: number;
  /** Money that its decisions on them would have earned more than the incumbent's. */
  readonly money: number;
  /** The part of it on days on which they lost: 0 or less. */
  readonly harm: number;
}

/** Plays a recorded log again under `policy`. Reads nothing but the log; the same log gives the same answer. */
export function backtest(log: RecordedLog, policy: Policy): Backtest {
  const recorded = replay(log, (definition) => definition);
  const other = replay(log, (definition) => ({ ...definition, policy }));
  const { definition } = other.state;
  if (!definition) throw new Error('the log has no deployment');
  const written = log.rollout.flatMap(({ type, data }) => (type === 'RolloutReviewed' ? [data] : []));
  const asWritten = written.map((of) => moves([of]));
  return {
    deployment: definition.deployment,
    currency: payOff(definition.task).currency,
    from: written[0]?.asOf ?? '',
    to: written.at(-1)?.asOf ?? '',
    sameAgain: JSON.stringify(asWritten) === JSON.stringify(recorded.reviews.map((of) => moves([of]))),
    slices: definition.slices.map(({ slice }) => ({
      slice,
      recorded: served(slice, recorded, log),
      other: served(slice, other, log),
    })),
    differences: differences(recorded.reviews, other.reviews),
    ignored: other.ignored,
  };
}

interface Replayed {
  readonly state: RolloutState;
  readonly reviews: readonly RolloutReview[];
  readonly ignored: readonly string[];
}

/** Runs the shipped review on the recorded evidence, in the order in which it was recorded. */
export function replay(log: RecordedLog, change: (definition: Definition) => Definition): Replayed {
  let state: RolloutState = rollout.initial;
  const reviews: RolloutReview[] = [];
  const ignored: string[] = [];
  for (const happened of log.rollout) {
    const command = commandOf(happened, change, (recorded) =>
      review(state, daysOfReview(log, recorded), recorded.asOf, recorded.reported),
    );
    const decision = rollout.decide(state, command);
    if ('nothing' in decision) {
      ignored.push(`${happened.type}: ${decision.nothing}`);
      continue;
    }
    state = rollout.evolve(state, decision.event);
    if (command.type === 'RecordReview') reviews.push(command.review);
  }
  return { state, reviews, ignored };
}

function commandOf(
  { type, data }: RolloutEvent,
  change: (definition: Definition) => Definition,
  again: (recorded: RolloutReview) => RolloutReview,
): RolloutCommand {
  switch (type) {
    case 'DeploymentRegistered':
      return { type: 'Register', definition: change(data.definition), startDate: data.startDate };
    case 'DefinitionRevised':
      return { type: 'Revise', definition: change(data.definition) };
    case 'RolloutReviewed':
      return { type: 'RecordReview', review: again(data) };
    case 'StageApproved':
      return { type: 'Approve', ...data };
    case 'RolloutPaused':
      return { type: 'Pause', ...data };
    case 'RolloutResumed':
      return { type: 'Resume', ...data };
    case 'RolloutOverridden':
      return { type: 'Override', ...data };
  }
}

function moves(reviews: readonly RolloutReview[]): { asOf: CalendarDate; slice: string; move: Move }[] {
  return reviews.flatMap(({ asOf, slices }) =>
    slices
      .filter(({ action }) => action !== 'hold')
      .map(({ slice, action, from, to, rule, reasons }) => ({
        asOf,
        slice,
        move: { action, from, to, rule, reason: reasons[0] ?? '' },
      })),
  );
}

function differences(
  recorded: readonly RolloutReview[],
  other: readonly RolloutReview[],
): Backtest['differences'] {
  const key = (asOf: CalendarDate, slice: string) => `${asOf} ${slice}`;
  const index = (of: readonly RolloutReview[]) =>
    new Map(moves(of).map((each) => [key(each.asOf, each.slice), each]));
  const [a, b] = [index(recorded), index(other)];
  return [...new Map([...a, ...b])]
    .sort(([one], [two]) => (one < two ? -1 : 1))
    .map(([at, { asOf, slice }]) => ({
      asOf,
      slice,
      recorded: a.get(at)?.move,
      other: b.get(at)?.move,
    }))
    .filter((each) => JSON.stringify(each.recorded?.to) !== JSON.stringify(each.other?.to));
}

function served(slice: string, { state, reviews }: Replayed, log: RecordedLog): Served {
  const own = moves(reviews).filter((each) => each.slice === slice);
  const last = state.definition?.policy.stages.length;
  let [records, money, harm] = [0, 0, 0];
  for (const [date, { mature }] of log.days) {
    const numbers = mature?.summary.slices[slice];
    if (!numbers) continue;
    const part = servedOn(numbers, servedPercent(state.exposures, slice, date) ?? 0);
    records += part.records;
    money += part.money;
    harm += Math.min(0, part.money);
  }
  return {
    opened: own.find(({ move }) => move.action === 'promote')?.asOf ?? null,
    complete: own.find(({ move }) => move.to.stage === last)?.asOf ?? null,
    percent: state.slices[slice]?.percent ?? 0,
    rollbacks: state.slices[slice]?.rollbacks ?? 0,
    records: Math.round(records),
    money,
    harm,
  };
}
