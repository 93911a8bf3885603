import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A mistake that somebody could make in the configuration, and which rule notices it. */
export interface Mutation {
  readonly mistake: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly rule: string;
  /** What the rule says of it. */
  readonly says: RegExp;
}

const HIDES = 'a queue hides a message for six timeouts of its function';
const DEAD_LETTERS = 'each queue has dead letters of its own, after five deliveries or more';
const CLOCK =
  'review, partition check and sweep come by the clock, may do nothing else, and are missed by nobody';
const BUS =
  'the bus hears of reviews, rollbacks, alarms and failed transforms, and people of what needs them';
const STUCK =
  'missing partitions, overdue reviews and everything else that is stuck ring, of this stage alone';
const DATA = 'data is versioned, encrypted, tidied up, and tells of every object';

/**
 * Mistakes, two lots of them: each lot is made in one copy of the configuration, and each mistake in it must be told
 * of by its own rule, in words that fit no other.
 */
export const MUTATIONS: readonly (readonly Mutation[])[] = [
  [
    {
      mistake: 'a visibility timeout of one function timeout',
      file: 'limits.ts',
      from: 'return 6 * functionTimeoutSeconds',
      to: 'return functionTimeoutSeconds',
      rule: HIDES,
      says: /PartitionReadyQueue hides a message for 900 s/,
    },
    {
      mistake: 'no dead letters',
      file: 'queues.ts',
      from: 'dlq: { queue: deadLetters.arn, retry: MAX_RECEIVE_COUNT },',
      to: '',
      rule: DEAD_LETTERS,
      says: /has no dead letters/,
    },
    {
      mistake: 'every action on the table',
      file: 'grants.ts',
      from: "actions: ['dynamodb:Query', 'dynamodb:PutItem']",
      to: "actions: ['dynamodb:*']",
      rule: 'no action is a wildcard',
      says: /SubmitRole may do dynamodb:\*/,
    },
    {
      mistake: 'transforms of any name',
      file: 'places.ts',
      from: "places.jobNamePrefix}-*`);\n      case 'models'",
      to: "places.jobNamePrefix.slice(0, 0)}*`);\n      case 'models'",
      rule: 'transforms are created under names of this stage only, by submit only',
      says: /SubmitRole may create transforms named .*transform-job\/\*/,
    },
    {
      mistake: 'the handler of another function',
      file: 'shape.ts',
      from: '/complete.handler`',
      to: '/watch.handler`',
      rule: 'each function runs its handler',
      says: /complete runs .*watch\.handler/,
    },
    {
      mistake: 'a rule left out',
      file: 'event-rules.ts',
      from: "eventRules('', jobNamePrefix).map(",
      to: "eventRules('', jobNamePrefix).slice(0, 3).map(",
      rule: 'every event that the pipeline hears has its rule, as it has locally',
      says: /there is no rule transform-ended/,
    },
    {
      mistake: 'a public bucket',
      file: 'storage.ts',
      from: 'versioning: true,',
      to: "versioning: true, access: 'public',",
      rule: 'no bucket can be made public',
      says: /DataBucket can be made public/,
    },
    {
      mistake: 'a role for any service',
      file: 'grants.ts',
      from: "values: ['sagemaker.amazonaws.com']",
      to: "values: ['ec2.amazonaws.com']",
      rule: 'a role is passed to SageMaker only, and only the role of the transforms',
      says: /to any service/,
    },
    {
      mistake: 'a reading API that may write',
      file: 'grants.ts',
      from: 'read: [readLog,',
      to: 'read: [readLog, announce,',
      rule: 'the consumer API reads only',
      says: /ReadFunction may do events:PutEvents/,
    },
    {
      mistake: 'whole batches that come back',
      file: 'mappings.ts',
      from: 'partialResponses: true',
      to: 'partialResponses: false',
      rule: 'each queue feeds one function, which says which messages failed',
      says: /brings its whole batch back/,
    },
    {
      mistake: 'a table that cannot be restored',
      file: 'storage.ts',
      from: 'pointInTimeRecovery: { enabled: true }',
      to: 'pointInTimeRecovery: { enabled: false }',
      rule: 'the table can be restored to any second, and is encrypted',
      says: /no point-in-time recovery/,
    },
    {
      mistake: 'a missing partition that nobody hears of',
      file: 'alarms.ts',
      from: "stuck('never-ready', 'NeverReady', 1),",
      to: '',
      rule: STUCK,
      says: /nobody hears of NeverReady/,
    },
    {
      mistake: 'twenty minutes for a function',
      file: 'shape.ts',
      from: 'review.handler`, timeoutSeconds: 900',
      to: 'review.handler`, timeoutSeconds: 1200',
      rule: "everything is within AWS's limits",
      says: /ReviewFunction has a timeout of 1200 s/,
    },
    {
      mistake: 'results of queries that are kept for ever',
      file: 'athena.ts',
      from: 'expiration: { days: RESULT_DAYS },',
      to: '',
      rule: 'results of queries are encrypted, and are gone after a few days',
      says: /QueryResultsBucket keeps results for ever/,
    },
    {
      mistake: 'queries over tables of any database',
      file: 'places.ts',
      from: 'databaseOf(places.jobNamePrefix)}/*`',
      to: "''}*`",
      rule: 'queries are asked in the workgroup of this stage only, over tables of its database, by evaluate only',
      says: /EvaluateRole may do glue:CreateTable, glue:GetTable on .*table\/\*/,
    },
    {
      mistake: 'production that throws its data away',
      file: 'settings.ts',
      from: 'retain: true',
      to: 'retain: false',
      rule: 'production keeps its data, other stages clean up',
      says: /LogTable: deletion protection is wrong/,
    },
  ],
  [
    {
      mistake: 'dead letters after two deliveries',
      file: 'limits.ts',
      from: 'MAX_RECEIVE_COUNT = 5',
      to: 'MAX_RECEIVE_COUNT = 2',
      rule: DEAD_LETTERS,
      says: /gives up after 2 deliveries/,
    },
    {
      mistake: 'data without TLS',
      file: 'storage.ts',
      from: 'enforceHttps: true',
      to: 'enforceHttps: false',
      rule: 'buckets answer over TLS only',
      says: /DataBucket answers without TLS/,
    },
    {
      mistake: 'data that is not versioned',
      file: 'storage.ts',
      from: 'versioning: true',
      to: 'versioning: false',
      rule: DATA,
      says: /DataBucket is not versioned/,
    },
    {
      mistake: 'a linked table in place of exact statements',
      file: 'functions.ts',
      from: 'role: role.arn,',
      to: "link: name === 'watch' ? [new sst.aws.Dynamo('Linked', { fields: { a: 'string' }, primaryIndex: { hashKey: 'a' } })] : [],",
      rule: 'no action is a wildcard',
      says: /WatchRole may do dynamodb:\*/,
    },
    {
      mistake: 'no bound on transforms',
      file: 'shape.ts',
      from: 'reserved: settings.concurrentSubmits,',
      to: '',
      rule: 'what uses up quotas of SageMaker, or fills a function, is bounded',
      says: /submit may run any number of times at once/,
    },
    {
      mistake: 'a poller that starts more than may run',
      file: 'mappings.ts',
      from: 'maximumConcurrency: reserved',
      to: 'maximumConcurrency: 2 * reserved',
      rule: 'the poller starts no more than the function may run',
      says: /OutcomesLandedQueue starts up to 20 of 10/,
    },
    {
      mistake: 'logs for ever',
      file: 'functions.ts',
      from: 'retentionInDays: logRetentionDays',
      to: 'retentionInDays: 0',
      rule: 'functions log JSON into logs of their own, which are not kept for ever',
      says: /EvaluateFunction keeps its log for ever/,
    },
    {
      mistake: 'commands for the function that reads',
      file: 'api.ts',
      from: 'functions.command.arn',
      to: 'functions.read.arn',
      rule: 'commands reach the function that may command, everything else the one that reads',
      says: /commands are answered by read/,
    },
    {
      mistake: 'commands without an identity',
      file: 'settings.ts',
      from: "commands: 'iam',",
      to: '',
      rule: 'commands need an identity in production, and the function trusts one only where it was checked',
      says: /anybody may try a command key/,
    },
    {
      mistake: 'queues that anybody may send to',
      file: 'queues.ts',
      from: "Condition: { ArnEquals: { 'aws:SourceArn': sources } },",
      to: '',
      rule: 'only rules that exist send to a queue, and nobody without TLS',
      says: /partition-ready takes messages from anybody/,
    },
    {
      mistake: 'queues that are not encrypted',
      file: 'queues.ts',
      from: 'sqsManagedSseEnabled: true',
      to: 'sqsManagedSseEnabled: false',
      rule: 'the four queues are there, encrypted',
      says: /PartitionReadyQueue is not encrypted/,
    },
    {
      mistake: 'a review that does not come',
      file: 'schedules.ts',
      from: "at('DailyReview', 'cron(0 6 * * ? *)', review);",
      to: 'void review;',
      rule: CLOCK,
      says: /there is no schedule DailyReview/,
    },
    {
      mistake: 'rollbacks that nobody is told of',
      file: 'bus.ts',
      from: "['RolledBack', ",
      to: '[',
      rule: BUS,
      says: /nobody is told of RolledBack/,
    },
    {
      mistake: 'a workgroup whose limit callers may set aside',
      file: 'athena.ts',
      from: 'enforceWorkgroupConfiguration: true',
      to: 'enforceWorkgroupConfiguration: false',
      rule: "queries run in the stage's own workgroup, whose settings nobody gets round",
      says: /Queries lets callers say otherwise/,
    },
    {
      mistake: 'failed queries that nobody hears of',
      file: 'alarms.ts',
      from: "ruleNameOf(prefix, 'query-failed')",
      to: "ruleNameOf(prefix, 'queries-failed')",
      rule: 'failed transforms and failed queries ring',
      says: /nobody hears of query-failed/,
    },
    {
      mistake: 'a page without its API',
      file: 'page.ts',
      from: "'/ofrep', ",
      to: '',
      rule: 'the page and the API have one origin, over TLS',
      says: /\/ofrep is not at the page's origin/,
    },
    {
      mistake: 'an API that anybody may ask without end',
      file: 'api.ts',
      from: 'throttlingRateLimit: apiRate',
      to: 'throttlingRateLimit: 0',
      rule: 'all callers together are throttled, and the gateway answers no other page',
      says: /nothing limits/,
    },
  ],
];

/** Makes mistakes in a copy of the configuration. Throws where the place is not there, or not only once. */
export async function apply(mutations: readonly Mutation[], folder: string): Promise<void> {
  for (const { mistake, file, from, to } of mutations) {
    const path = join(folder, 'infra', file);
    const text = await readFile(path, 'utf8');
    if (text.split(from).length !== 2) throw new Error(`"${mistake}" finds no single place in infra/${file}`);
    await writeFile(
      path,
      text.replace(from, () => to),
    );
  }
}
