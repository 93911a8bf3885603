import { addDays, datesFrom } from '../calendar.ts';
import type { DayEvent, DaySummary, SliceNumbers } from '../day-events.ts';
import type { Definition } from '../definition.ts';
import { eventId } from '../envelope.ts';
import { dayStream, type PenumbraEvent, ROLLOUT, type StoredEvent } from '../events.ts';
import { looksAt } from '../looks.ts';
import type { RolloutReview } from '../rollout-events.ts';
import { exampleDefinition } from './example-definition.ts';

export const START = '2001-01-01';
/** Records of a slice a day: more than a day needs to be evidence. */
const ROWS = 120;

/** A log as a deployment of so many days and slices leaves it, in order of stream and version; the same every time. */
export function* syntheticLog(
  deployment: string,
  days: number,
  slices: number,
  base: Definition = exampleDefinition,
): Iterable<StoredEvent> {
  const names = Array.from({ length: slices }, (_, index) => `slice-${index}`);
  const definition: Definition = {
    ...base,
    deployment,
    outcomes: { ...base.outcomes, maturityDays: 5, watchDays: 28 },
    slices: names.map((slice, index) => ({ slice, when: [{ field: 'size', equals: index }] })),
  };
  const dates = datesFrom(START, addDays(START, days - 1));
  for (const date of dates) {
    yield* inStream(
      deployment,
      dayStream(date),
      dayEvents(definition, names, date),
      `${addDays(date, 1)}T06:00:00.000Z`,
    );
  }
  const decisions: PenumbraEvent[] = [
    { type: 'DeploymentRegistered', data: { definition, definitionVersion: 1, startDate: START } },
    ...dates.map((asOf): PenumbraEvent => ({ type: 'RolloutReviewed', data: reviewOf(names, asOf) })),
  ];
  yield* inStream(deployment, ROLLOUT, decisions, `${START}T06:00:00.000Z`);
}

function* inStream(
  deployment: string,
  stream: string,
  events: readonly PenumbraEvent[],
  at: string,
): Iterable<StoredEvent> {
  const correlationId = eventId(deployment, stream, 1);
  for (const [index, event] of events.entries()) {
    const version = index + 1;
    yield {
      deployment,
      stream,
      version,
      eventId: eventId(deployment, stream, version),
      causationId: eventId(deployment, stream, Math.max(1, index)),
      correlationId,
      actor: { kind: 'system', name: 'penumbra' },
      at,
      event,
    };
  }
}

function dayEvents({ deployment, outcomes }: Definition, names: readonly string[], date: string): DayEvent[] {
  const job = { attempt: 1, jobName: `penumbra-${deployment}-${date}-1` };
  const files = [{ key: `${deployment}/records/date=${date}/part-0.csv`, bytes: 1000, etag: 'e1' }];
  const looks = looksAt(date, outcomes).flatMap(({ asOf, age, kind }): DayEvent[] => [
    { type: 'OutcomesLanded', data: { asOf, age, files } },
    {
      type: 'PartitionEvaluated',
      data: {
        asOf,
        age,
        summary: summaryOf(names, age),
        metrics: { key: `m/${asOf}`, sha256: 'aa' },
        definitionVersion: 1,
      },
    },
    ...(kind === 'maturity'
      ? [{ type: 'PartitionMatured' as const, data: { asOf, age, coverage: 0.98 } }]
      : []),
  ]);
  return [
    { type: 'PartitionReady', data: { files, rows: 5000, definitionVersion: 1 } },
    {
      type: 'TransformSubmitted',
      data: { ...job, modelName: 'm', input: 'in/', output: 'out/', definitionVersion: 1 },
    },
    { type: 'TransformCompleted', data: { ...job, files } },
    ...looks,
  ];
}

const numbersOf = (rows: number, difference: number): SliceNumbers => ({
  rows,
  labelled: rows - 2,
  challenger: { value: rows * 0.7 + difference },
  incumbent: { value: rows * 0.7 },
  difference: { sum: difference, sumOfSquares: difference ** 2 },
});

function summaryOf(names: readonly string[], age: number): DaySummary {
  return {
    overall: numbersOf(ROWS * names.length, 7 + age / 10),
    slices: Object.fromEntries(names.map((slice, index) => [slice, numbersOf(ROWS, index / 10 + age / 10)])),
    duplicateOutcomes: 0,
    unmatchedOutcomes: 0,
  };
}

function reviewOf(names: readonly string[], asOf: string): RolloutReview {
  const entered = addDays(asOf, -5);
  const slice = { rows: ROWS - 2, mean: 0.1 };
  return {
    asOf,
    definitionVersion: 1,
    entered:
      entered < START
        ? []
        : [{ date: entered, slices: Object.fromEntries(names.map((name) => [name, slice])) }],
    held: [],
    slices: names.map((name) => ({
      slice: name,
      from: { stage: 0, percent: 0 },
      to: { stage: 0, percent: 0 },
      action: 'hold',
      rule: 'waiting',
      reasons: ['its evidence is not enough yet'],
      evidence: {
        matureDays: 10,
        rows: 980,
        meanDifference: 0.1,
        lowerBound: -0.2,
        upperBound: 0.4,
        standardDeviation: 0.1,
        autocorrelation: 0,
        effectiveDays: 10,
        verdict: 'INCONCLUSIVE',
      },
      daysInStage: 10,
    })),
  };
}
