import { FUNCTION_NAMES } from './grants.ts';
import { visibilityTimeoutOf } from './limits.ts';
import { deadLettersOf, functionNameOf, metricsNamespaceOf, queueNameOf, ruleNameOf } from './names.ts';
import type { Settings } from './settings.ts';
import { CONSUMERS, shapesOf } from './shape.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;

type Metric =
  | {
      readonly namespace: string;
      readonly metric: string;
      readonly dimensions: Readonly<Record<string, string>>;
    }
  /** The greatest of all deployments, which come and go without a deploy. */
  | { readonly query: string };

/** One alarm: when the metric is above the threshold, so many periods in a row. */
export interface Alarm {
  readonly name: string;
  /** The section of docs/runbook.md that says what to do. */
  readonly runbook: string;
  readonly on: Metric;
  readonly statistic?: 'Sum' | 'Maximum';
  /** Seconds. */
  readonly period: number;
  readonly periods?: number;
  readonly above?: number;
  /** Rings where there are fewer than this, or no data at all. */
  readonly below?: number;
}

/** Every alarm of a stage, as data. */
export function alarmsOf(prefix: string, settings: Settings): Alarm[] {
  const shapes = shapesOf(settings);
  const metrics = metricsNamespaceOf(prefix);
  const lambda = (metric: string, name: string): Metric => ({
    namespace: 'AWS/Lambda',
    metric,
    dimensions: { FunctionName: functionNameOf(prefix, name) },
  });
  const sqs = (metric: string, queue: string): Metric => ({
    namespace: 'AWS/SQS',
    metric,
    dimensions: { QueueName: queueNameOf(prefix, queue) },
  });
  const stuck = (name: string, metric: string, periods: number): Alarm => ({
    name,
    runbook: name,
    on: { query: `SELECT MAX(${metric}) FROM "${metrics}"` },
    period: HOUR,
    periods,
    above: 0,
  });
  return [
    ...[...Object.keys(CONSUMERS), 'schedules'].map(
      (queue): Alarm => ({
        name: `dead-letters-${queue}`,
        runbook: 'dead-letters',
        on: sqs('ApproximateNumberOfMessagesVisible', deadLettersOf(queue)),
        statistic: 'Maximum',
        period: 5 * MINUTE,
        above: 0,
      }),
    ),
    ...Object.entries(CONSUMERS).map(
      ([queue, consumer]): Alarm => ({
        name: `oldest-message-${queue}`,
        runbook: 'oldest-message',
        on: sqs('ApproximateAgeOfOldestMessage', queue),
        statistic: 'Maximum',
        period: 5 * MINUTE,
        // A message that failed once waits out the visibility timeout, which is no reason to wake anybody.
        above: Math.max(HOUR, 2 * visibilityTimeoutOf(shapes[consumer].timeoutSeconds)),
      }),
    ),
    ...[...FUNCTION_NAMES, ...(settings.webhook ? ['notify'] : [])].flatMap((name): Alarm[] => [
      {
        name: `errors-${name}`,
        runbook: 'errors',
        on: lambda('Errors', name),
        statistic: 'Sum',
        period: 5 * MINUTE,
        above: 0,
      },
      {
        name: `throttles-${name}`,
        runbook: 'throttles',
        on: lambda('Throttles', name),
        statistic: 'Sum',
        period: 5 * MINUTE,
        periods: 3,
        above: 0,
      },
    ]),
    {
      name: 'transform-failures',
      runbook: 'transform-failures',
      on: {
        namespace: 'AWS/Events',
        metric: 'TriggeredRules',
        dimensions: { RuleName: ruleNameOf(prefix, 'transform-failed') },
      },
      statistic: 'Sum',
      period: 5 * MINUTE,
      above: 0,
    },
    {
      name: 'query-failures',
      runbook: 'query-failures',
      on: {
        namespace: 'AWS/Events',
        metric: 'TriggeredRules',
        dimensions: { RuleName: ruleNameOf(prefix, 'query-failed') },
      },
      statistic: 'Sum',
      period: 5 * MINUTE,
      above: 0,
    },
    {
      name: 'poison',
      runbook: 'poison',
      on: { query: `SELECT SUM(Poison) FROM "${metrics}"` },
      period: 5 * MINUTE,
      above: 0,
    },
    {
      name: 'failures',
      runbook: 'failures',
      on: { query: `SELECT SUM(Failed) FROM "${metrics}"` },
      period: HOUR,
      above: 20,
    },
    stuck('transform-overdue', 'TransformOverdue', 2),
    stuck('query-overdue', 'QueryOverdue', 2),
    stuck('ready-not-submitted', 'ReadyNotSubmitted', 2),
    stuck('complete-not-evaluated', 'CompleteNotEvaluated', 2),
    stuck('mature-not-reviewed', 'MatureNotReviewed', 1),
    stuck('never-ready', 'NeverReady', 1),
    stuck('outcomes-open', 'OutcomesOpen', 1),
    stuck('sweep-failed', 'SweepFailed', 1),
    {
      name: 'sweep-silent',
      runbook: 'sweep-failed',
      on: lambda('Invocations', 'sweep'),
      statistic: 'Sum',
      period: HOUR,
      periods: 3,
      below: 1,
    },
  ];
}
