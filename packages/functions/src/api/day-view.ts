import { z } from '@hono/zod-openapi';
import type { CalendarDate } from '@penumbra/core/calendar';
import { coverage, type DayState, type Evaluated, notAssessable } from '@penumbra/core/day';
import type { SliceNumbers } from '@penumbra/core/day-events';

const count = z.number().int().min(0);

const numbersSchema = z
  .strictObject({
    rows: count,
    labelled: count.describe('Records with an outcome; the sums are over these.'),
    challengerValue: z.number().describe('In the currency of the pay-off.'),
    incumbentValue: z.number(),
    difference: z.strictObject({ sum: z.number(), sumOfSquares: z.number() }),
  })
  .openapi('DayNumbers');
type DayNumbers = z.infer<typeof numbersSchema>;

const lookSchema = z
  .strictObject({
    asOf: z.string().describe('Outcomes that landed up to this date were known.'),
    age: count.describe('Days from the date to the look.'),
    coverage: z.number().describe('Share of the records that had an outcome.'),
    overall: numbersSchema,
    slices: z.record(z.string(), numbersSchema),
  })
  .openapi('Look');

/** Where a day stands, in the order in which it gets there. */
export const DAY_STATUSES = [
  'missing',
  'rejected',
  'empty',
  'ready',
  'submitted',
  'failed',
  'predicted',
  'evaluated',
  'mature',
  'restated',
] as const;

export const daySchema = z
  .strictObject({
    date: z.string(),
    status: z.enum(DAY_STATUSES),
    reason: z.string().nullable().describe('Why it can give no evidence as it stands.'),
    records: count,
    transform: z
      .strictObject({
        attempt: count,
        jobName: z.string(),
        phase: z.enum(['submitted', 'failed', 'completed']),
      })
      .nullable()
      .describe('The last SageMaker transform; null where predictions are made elsewhere, or none ran yet.'),
    looks: z.array(z.string()).describe('As-of date of every look so far.'),
    latest: lookSchema.nullable(),
    mature: lookSchema.nullable().describe('The look that became evidence.'),
  })
  .openapi('Day');
export type DayView = z.infer<typeof daySchema>;

/** A day as people see it. */
export function viewDay(date: CalendarDate, state: DayState): DayView {
  const { transform, latest, mature } = state;
  const { attempt = 0, jobName = '', phase = 'submitted' } = transform ?? {};
  return {
    date,
    status: statusOf(state),
    reason: notAssessable(state) ?? null,
    records: state.partition?.rows ?? 0,
    transform: transform ? { attempt, jobName, phase } : null,
    looks: [...state.looks],
    latest: latest ? viewLook(latest) : null,
    mature: mature ? viewLook(mature) : null,
  };
}

function statusOf(state: DayState): DayView['status'] {
  if (state.restated) return 'restated';
  if (state.mature) return 'mature';
  if (state.rejected) return 'rejected';
  if (!state.partition) return 'missing';
  if (state.partition.rows === 0) return 'empty';
  if (state.latest) return 'evaluated';
  if (state.predictions) return 'predicted';
  if (!state.transform) return 'ready';
  return state.transform.phase === 'failed' && !state.transform.retry ? 'failed' : 'submitted';
}

const viewLook = ({ asOf, age, summary }: Evaluated): z.infer<typeof lookSchema> => ({
  asOf,
  age,
  coverage: coverage(summary),
  overall: viewNumbers(summary.overall),
  slices: Object.fromEntries(
    Object.entries(summary.slices).map(([slice, numbers]) => [slice, viewNumbers(numbers)]),
  ),
});

const viewNumbers = (numbers: SliceNumbers): DayNumbers => ({
  rows: numbers.rows,
  labelled: numbers.labelled,
  challengerValue: numbers.challenger.value,
  incumbentValue: numbers.incumbent.value,
  difference: numbers.difference,
});
