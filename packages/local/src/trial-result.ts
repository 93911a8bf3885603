import type { CalendarDate } from '@penumbra/core/calendar';
import { datesFrom } from '@penumbra/core/calendar';
import { type DayState, day } from '@penumbra/core/day';
import type { DayEvent, DaySummary } from '@penumbra/core/day-events';
import { fold } from '@penumbra/core/decider';
import { dayStream } from '@penumbra/core/events';
import { projectRollout } from '@penumbra/core/project-rollout';
import { type RolloutState, SHADOW } from '@penumbra/core/rollout';
import type { RolloutReview } from '@penumbra/core/rollout-events';
import { combine, type DayMetrics, initialize } from '@penumbra/evaluator/day-metrics';
import { confusionOf, finalize } from '@penumbra/evaluator/finalize';
import { deserialize } from '@penumbra/evaluator/metrics-file';
import { payOff } from '@penumbra/evaluator/pay-off';
import { areaUnderCurve } from '@penumbra/evaluator/score-quality';
import type { LocalPipeline } from './local-pipeline.ts';
import type { Cumulative, TrialDay, TrialDocument, TrialSlice } from './trial-document.ts';
import type { TrialFolder } from './trial-folder.ts';
import { findUnknownOutcomes } from './unknown-outcomes.ts';

/** What the trial found, from the log and the metric states alone. */
export async function buildTrialDocument(
  { pipeline, bucket }: LocalPipeline,
  folder: TrialFolder,
  { from, to, dataDir }: { from: CalendarDate; to: CalendarDate; dataDir: string },
): Promise<TrialDocument> {
  const { definition } = folder;
  const { deployment } = definition;
  const { state, version } = await pipeline.rollouts(deployment);
  const reviews = (await pipeline.log.load(deployment, 'rollout')).flatMap(({ event }) =>
    event.type === 'RolloutReviewed' ? [event.data] : [],
  );
  const rollout = projectRollout(state, version);
  if (!rollout) throw new Error(`${deployment} is not registered`);
  const days = await loadDays(pipeline, deployment, from, to);
  let metrics = initialize(
    definition.task.type,
    definition.slices.map(({ slice }) => slice),
  );
  for (const { state: of } of days) {
    if (of.mature) metrics = combine(metrics, deserialize(await bucket.read(of.mature.metrics.key)));
  }
  return {
    deployment,
    definition,
    currency: payOff(definition.task).currency,
    from,
    to,
    asOf: state.lastReview?.asOf ?? to,
    slices: definition.slices.map(({ slice }) => trialSlice(slice, state, state.lastReview)),
    cumulative: cumulativeOf(metrics, days.filter(({ state: of }) => of.mature).length),
    unknownOutcomes: await findUnknownOutcomes(folder),
    days: days.map(({ date, state: of }) => trialDay(date, of, reviews, definition.policy.minRowsPerDay)),
    reviews,
    rollout,
    dataDir,
  };
}

async function loadDays(
  pipeline: LocalPipeline['pipeline'],
  deployment: string,
  from: CalendarDate,
  to: CalendarDate,
): Promise<{ date: CalendarDate; state: DayState }[]> {
  const events = new Map<string, DayEvent[]>();
  for (const { stream, event } of await pipeline.log.loadRange(deployment, dayStream(from), dayStream(to))) {
    events.set(stream, [...(events.get(stream) ?? []), event as DayEvent]);
  }
  return datesFrom(from, to).map((date) => ({ date, state: fold(day, events.get(dayStream(date)) ?? []) }));
}

function trialSlice(slice: string, state: RolloutState, last: RolloutReview | undefined): TrialSlice {
  const { percent, stage } = state.slices[slice] ?? SHADOW;
  const reviewed = last?.slices.find((candidate) => candidate.slice === slice);
  const evidence = reviewed?.evidence;
  return {
    slice,
    percent,
    stage,
    verdict: evidence?.verdict ?? 'NOT_ASSESSABLE',
    reasons: reviewed?.reasons ?? [],
    matureDays: evidence?.matureDays ?? 0,
    rows: evidence?.rows ?? 0,
    meanDifference: evidence?.meanDifference ?? null,
    lowerBound: evidence?.lowerBound ?? null,
    upperBound: evidence?.upperBound ?? null,
  };
}

function trialDay(
  date: CalendarDate,
  state: DayState,
  reviews: readonly RolloutReview[],
  minRows: number,
): TrialDay {
  const summary: DaySummary | undefined = (state.mature ?? state.latest)?.summary;
  const reason = reviews
    .findLast(({ held }) => held.some((day) => day.date === date))
    ?.held.find((day) => day.date === date)?.reason;
  const mean = ({ labelled, difference }: DaySummary['overall']) =>
    labelled === 0 ? null : difference.sum / labelled;
  const small = state.mature && tooSmall(state.mature.summary, minRows);
  const held = small
    ? `${summary?.overall.labelled} rows: a day needs ${minRows} in a slice to be evidence`
    : reason;
  const mature = state.mature !== undefined && !small;
  return {
    date,
    status: mature ? 'mature' : held === undefined ? 'waiting' : 'held',
    reason: mature ? '' : (held ?? 'not old enough yet: its outcomes are still coming in'),
    rows: state.partition?.rows ?? 0,
    labelled: summary?.overall.labelled ?? 0,
    meanDifference: summary ? mean(summary.overall) : null,
    slices: Object.fromEntries(
      Object.entries(summary?.slices ?? {}).map(([slice, numbers]) => [
        slice,
        { rows: numbers.labelled, meanDifference: mean(numbers) },
      ]),
    ),
  };
}

function tooSmall({ slices }: DaySummary, minRows: number): boolean {
  return Object.values(slices).every(({ labelled }) => labelled < minRows);
}

function cumulativeOf(metrics: DayMetrics, days: number): Cumulative {
  const { task } = metrics;
  const { overall } = finalize(metrics);
  const { rows, labelled, challenger, incumbent, brier, logLoss } = overall;
  const per = (sum: number) => sum / labelled;
  const classification = task === 'binary-classification' && labelled > 0;
  const errors = (arm: typeof challenger) => ({
    meanAbsolute: per(arm.absoluteError),
    rootMeanSquared: Math.sqrt(per(arm.squaredError)),
  });
  return {
    days,
    rows,
    labelled,
    auc: classification ? (areaUnderCurve(overall)?.value ?? null) : null,
    brier: classification ? per(brier) : null,
    logLoss: classification ? per(logLoss) : null,
    confusion: classification
      ? { challenger: confusionOf(challenger), incumbent: confusionOf(incumbent) }
      : null,
    error:
      task === 'regression' && labelled > 0
        ? { challenger: errors(challenger), incumbent: errors(incumbent) }
        : null,
    valuePerRecord:
      labelled > 0 ? { challenger: per(challenger.value), incumbent: per(incumbent.value) } : null,
  };
}
