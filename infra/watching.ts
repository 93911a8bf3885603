import { type Alarm, alarmsOf } from './alarms.ts';
import { dashboardOf } from './dashboard.ts';
import { alarmNameOf, logicalName } from './names.ts';
import type { Settings } from './settings.ts';

const RUNBOOK = 'docs/runbook.md';

/** The alarms, and the dashboard. Alarms reach people through the bus, which hears of every change of theirs. */
export function watching(prefix: string, settings: Settings): void {
  const alarms = alarmsOf(prefix, settings);
  for (const alarm of alarms) make(prefix, alarm);
  new aws.cloudwatch.Dashboard('Dashboard', {
    dashboardName: prefix,
    dashboardBody: aws
      .getRegionOutput()
      .region.apply((region) => JSON.stringify(dashboardOf(prefix, region, alarms))),
  });
}

function make(
  prefix: string,
  { name, runbook, on, statistic, period, periods = 1, above, below }: Alarm,
): void {
  const rings =
    below === undefined
      ? {
          comparisonOperator: 'GreaterThanThreshold',
          threshold: above ?? 0,
          treatMissingData: 'notBreaching',
        }
      : { comparisonOperator: 'LessThanThreshold', threshold: below, treatMissingData: 'breaching' };
  const measured =
    'query' in on
      ? { metricQueries: [{ id: 'greatest', expression: on.query, period, returnData: true }] }
      : {
          namespace: on.namespace,
          metricName: on.metric,
          dimensions: on.dimensions,
          statistic: statistic ?? 'Maximum',
          period,
        };
  new aws.cloudwatch.MetricAlarm(`${logicalName(name)}Alarm`, {
    name: alarmNameOf(prefix, name),
    alarmDescription: `See ${RUNBOOK}#${runbook}.`,
    ...measured,
    ...rings,
    evaluationPeriods: periods,
    datapointsToAlarm: periods,
  });
}
