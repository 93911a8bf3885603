import type { CalendarDate } from '@penumbra/core/calendar';
import { datesFrom } from '@penumbra/core/calendar';
import { type DayState, day } from '@penumbra/core/day';
import type { DayEvent } from '@penumbra/core/day-events';
import { fold } from '@penumbra/core/decider';
import { dayStream } from '@penumbra/core/events';
import type { Cumulative } from '@penumbra/core/history';
import { projectRollout } from '@penumbra/core/project-rollout';
import { heldReasons, judgedDay, sliceStanding } from '@penumbra/evaluator/course';
import { combine, type DayMetrics, initialize } from '@penumbra/evaluator/day-metrics';
import { confusionOf, finalize } from '@penumbra/evaluator/finalize';
import { deserialize } from '@penumbra/evaluator/metrics-file';
import { payOff } from '@penumbra/evaluator/pay-off';
import { areaUnderCurve } from '@penumbra/evaluator/score-quality';
import type { LocalPipeline } from './local-pipeline.ts';
import type { TrialDocument } from './trial-document.ts';
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
  const held = heldReasons(reviews);
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
    slices: definition.slices.map(({ slice }) => sliceStanding(slice, state)),
    cumulative: cumulativeOf(metrics, days.filter(({ state: of }) => of.mature).length),
    unknownOutcomes: await findUnknownOutcomes(folder),
    days: days.map(({ date, state: of }) => judgedDay(date, of, held, definition.policy.minRowsPerDay)),
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
