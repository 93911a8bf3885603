import { alarmsOf } from '../../infra/alarms.ts';
import { settingsOf } from '../../infra/settings.ts';
import { shapesOf } from '../../infra/shape.ts';

/** US dollars, on demand, us-east-1, without any free tier. docs/deploy.md lists them and says of which date they are. */
export const PRICES = {
  lambdaGbSecond: 0.0000166667,
  lambdaStorageGbSecond: 0.0000000309,
  lambdaMillionRequests: 0.2,
  transformHour: 0.115,
  s3StandardGbMonth: 0.023,
  s3InfrequentGbMonth: 0.0125,
  s3ThousandPuts: 0.005,
  s3ThousandGets: 0.0004,
  dynamoMillionWrites: 0.625,
  dynamoMillionReads: 0.125,
  dynamoGbMonth: 0.25 + 0.2,
  sqsMillionRequests: 0.4,
  httpApiMillionRequests: 1,
  metricMonth: 0.3,
  alarmMonth: 0.1,
  dashboardMonth: 3,
  logsGb: 0.5,
} as const;

/** How much there is to do. */
export interface Size {
  readonly name: string;
  readonly recordsADay: number;
  /** Parts of the traffic, each a deployment of its own, so that a day of each fits one function. */
  readonly deployments: number;
  /** Instances of production applications that poll the rollout every 30 s. */
  readonly pollers: number;
}

export const SIZES: readonly Size[] = [
  { name: '10 thousand', recordsADay: 1e4, deployments: 1, pollers: 5 },
  { name: '10 million', recordsADay: 1e7, deployments: 1, pollers: 20 },
  { name: '1 billion', recordsADay: 1e9, deployments: 50, pollers: 500 },
];

/** What the sums rest on. docs/deploy.md names each. */
export const ASSUMED = {
  /** Looks at a date until it is mature at 30 days: at 1, 2, 3, 5, 8, 13, 21 and 30. */
  looks: 8,
  /** Bytes a record, on average: its own, its part of the model's input, its prediction, its outcome. */
  recordBytes: 200,
  inputBytes: 150,
  predictionBytes: 50,
  outcomeBytes: 50,
  /** A function reads from S3, and evaluates, so fast: bytes and rows a second. */
  downloadBytesASecond: 75e6,
  rowsASecond: 400_000,
  /** An ml.m5.large scores so many records a second, and is paid for while it starts. */
  scoredASecond: 5000,
  transformStartSeconds: 300,
  eventsADate: 20,
  kilobytesAnEvent: 5,
  readsADate: 3000,
  daysAMonth: 30,
} as const;

export interface Item {
  readonly name: string;
  /** US dollars a month, at the end of the first year. */
  readonly dollars: number;
}

/** What a month costs, item by item. */
export function costsOf({ recordsADay, deployments, pollers }: Size): Item[] {
  const a = ASSUMED;
  const p = PRICES;
  const month = a.daysAMonth;
  const evaluate = shapesOf(settingsOf('production')).evaluate;
  const read = shapesOf(settingsOf('production')).read;
  const each = recordsADay / deployments;

  const secondsALook =
    (each * (a.recordBytes + a.predictionBytes + a.outcomeBytes)) / a.downloadBytesASecond +
    each / a.rowsASecond +
    2;
  const secondsToSubmit =
    (each * (a.recordBytes + a.inputBytes)) / a.downloadBytesASecond + each / a.rowsASecond + 2;
  const gigabytes = evaluate.memory / 1024;
  const perSecond = gigabytes * p.lambdaGbSecond + (evaluate.storage / 1024) * p.lambdaStorageGbSecond;
  const functionSeconds = deployments * (a.looks * secondsALook + secondsToSubmit) * month;

  const transformHours = (deployments * (each / a.scoredASecond + a.transformStartSeconds) * month) / 3600;

  const bytesADay = recordsADay * (a.recordBytes + a.inputBytes + a.predictionBytes + a.outcomeBytes);
  const stored = (90 * p.s3StandardGbMonth + 275 * p.s3InfrequentGbMonth) * (bytesADay / 1e9);

  const events = deployments * a.eventsADate * month;
  const table =
    (events * a.kilobytesAnEvent * p.dynamoMillionWrites) / 1e6 +
    (deployments * a.readsADate * month * p.dynamoMillionReads) / 1e6 +
    ((events * a.kilobytesAnEvent * 12) / 1e6) * p.dynamoGbMonth;

  // Lambda keeps five long polls of 20 s on each queue, whether or not there is a message.
  const polls = (4 * 5 * 86_400 * month) / 20;

  const polled = (pollers * 86_400 * month) / 30;
  const answered =
    (polled / 1e6) * (p.httpApiMillionRequests + p.lambdaMillionRequests + 2 * p.dynamoMillionReads) +
    polled * 0.02 * (read.memory / 1024) * p.lambdaGbSecond +
    ((polled * 500) / 1e9) * p.logsGb;

  const alarms = alarmsOf('penumbra-production', settingsOf('production')).length;
  // Three by queue, and eight of the sweep for each deployment; an alarm on all of them is paid by the metric.
  const metrics = 12 + 8 * deployments;
  const watching =
    metrics * p.metricMonth +
    (alarms + 8 * (deployments - 1)) * p.alarmMonth +
    p.dashboardMonth +
    0.5 * p.logsGb;

  return [
    { name: 'SageMaker Batch Transform', dollars: transformHours * p.transformHour },
    { name: 'Lambda: submit and evaluate', dollars: functionSeconds * perSecond },
    { name: 'S3, a year of data', dollars: stored },
    { name: 'DynamoDB', dollars: table },
    { name: 'SQS', dollars: (polls / 1e6) * p.sqsMillionRequests },
    { name: 'API, polled', dollars: answered },
    { name: 'CloudWatch', dollars: watching },
  ];
}

/** The table of docs/deploy.md, in Markdown. */
export function costTable(): string {
  const columns = SIZES.map((size) => costsOf(size));
  const sums = columns.map((items) => items.reduce((sum, { dollars }) => sum + dollars, 0));
  const rows = (columns[0] ?? []).map(({ name }, index) =>
    [name, ...columns.map((items) => money(items[index]?.dollars ?? 0))].join(' | '),
  );
  return [
    `| records a day | ${SIZES.map(({ name }) => name).join(' | ')} |`,
    `|---|${SIZES.map(() => '---:').join('|')}|`,
    `| deployments | ${SIZES.map(({ deployments }) => deployments).join(' | ')} |`,
    ...rows.map((row) => `| ${row} |`),
    `| **a month** | ${sums.map((sum) => `**${money(sum)}**`).join(' | ')} |`,
    `| a million records | ${SIZES.map(({ recordsADay }, index) => money(((sums[index] ?? 0) / recordsADay / ASSUMED.daysAMonth) * 1e6)).join(' | ')} |`,
  ].join('\n');
}

const money = (dollars: number): string =>
  dollars < 10 ? `$${dollars.toFixed(2)}` : `$${Math.round(dollars).toLocaleString('en-US')}`;
