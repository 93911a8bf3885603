import type { Alarm } from './alarms.ts';
import { FUNCTION_NAMES } from './grants.ts';
import { deadLettersOf, functionNameOf, metricsNamespaceOf, queueNameOf } from './names.ts';
import { CONSUMERS } from './shape.ts';

const WIDTH = 12;
const HEIGHT = 6;

/** The body of the CloudWatch dashboard: what is stuck, what waits, what fails, how long it takes. */
export function dashboardOf(prefix: string, region: string, alarms: readonly Alarm[]): object {
  const queues = Object.keys(CONSUMERS);
  const ofQueue = (metric: string, of: readonly string[]) =>
    of.map((queue) => ['AWS/SQS', metric, 'QueueName', queueNameOf(prefix, queue)]);
  const ofFunctions = (metric: string) =>
    FUNCTION_NAMES.map((name) => ['AWS/Lambda', metric, 'FunctionName', functionNameOf(prefix, name)]);
  const stuck = alarms.flatMap(({ name, on }) =>
    'query' in on ? [[{ expression: on.query, label: name, period: 3600 }]] : [],
  );
  const graphs: [title: string, metrics: unknown[], stat: string][] = [
    ['Stuck, by deployment the most', stuck, 'Maximum'],
    ['Messages waiting', ofQueue('ApproximateNumberOfMessagesVisible', queues), 'Maximum'],
    ['Age of the oldest message, s', ofQueue('ApproximateAgeOfOldestMessage', queues), 'Maximum'],
    ['Dead letters', ofQueue('ApproximateNumberOfMessagesVisible', queues.map(deadLettersOf)), 'Maximum'],
    ['Errors', ofFunctions('Errors'), 'Sum'],
    ['Throttles', ofFunctions('Throttles'), 'Sum'],
    ['Duration, ms', ofFunctions('Duration'), 'Maximum'],
    [
      'Handled',
      [[{ expression: `SELECT SUM(Handled) FROM "${metricsNamespaceOf(prefix)}" GROUP BY service` }]],
      'Sum',
    ],
  ];
  return {
    widgets: graphs.map(([title, metrics, stat], index) => ({
      type: 'metric',
      x: (index % 2) * WIDTH,
      y: Math.floor(index / 2) * HEIGHT,
      width: WIDTH,
      height: HEIGHT,
      properties: { title, metrics, stat, region, view: 'timeSeries', period: 300 },
    })),
  };
}
