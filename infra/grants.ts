/** A place that a statement speaks of; `arns.ts` says which ARN each one is. */
export type Place =
  | 'table'
  | 'bucket'
  | `objects:${string}`
  | `queue:${string}`
  | 'transform-jobs'
  | 'models'
  | 'own-models'
  | 'transform-role'
  | 'bus'
  | 'results'
  | 'result-objects'
  | 'workgroup'
  | 'catalog'
  | 'tables-database'
  | 'tables';

/** Actions that are allowed on places, and under which condition. */
export interface Grant {
  readonly actions: readonly string[];
  readonly on: readonly Place[];
  readonly when?: { readonly operator: string; readonly key: string; readonly values: readonly string[] };
}

/** Where objects of all deployments lie, as patterns of keys; `*` stands for the deployment. */
const folders = {
  records: '*/records/date=*',
  transformInput: '*/transform-input/date=*',
  predictions: '*/predictions/date=*',
  outcomes: '*/outcomes/landed=*',
  arms: '*/arms/date=*',
  exposures: '*/exposures/date=*',
  metrics: '*/metrics/date=*',
} as const;
type Folder = keyof typeof folders;

/** `IfExists`, because who may list nothing is told of a missing object that access is denied, not that it is missing. */
const listing = (...names: Folder[]): Grant => ({
  actions: ['s3:ListBucket'],
  on: ['bucket'],
  when: { operator: 'StringLikeIfExists', key: 's3:prefix', values: names.map((name) => folders[name]) },
});
const reading = (...names: Folder[]): Grant => ({
  actions: ['s3:GetObject'],
  on: names.map((name): Place => `objects:${folders[name]}`),
});
const writing = (name: Folder): Grant => ({ actions: ['s3:PutObject'], on: [`objects:${folders[name]}`] });
/** Files go up in parts where they are large, and a failed upload takes its parts back. */
const uploading = (name: Folder): Grant => ({
  actions: ['s3:PutObject', 's3:AbortMultipartUpload'],
  on: [`objects:${folders[name]}`],
});
const sending = (...queues: string[]): Grant => ({
  actions: ['sqs:SendMessage'],
  on: queues.map((queue): Place => `queue:${queue}`),
});
/** What Lambda's poller does with a queue, as the function that it feeds. */
const consuming = (queue: string): Grant => ({
  actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
  on: [`queue:${queue}`],
});

const readLog: Grant = { actions: ['dynamodb:Query'], on: ['table'] };
/** Events are appended, and failures noted. Nothing ever updates or deletes an item. */
const writeLog: Grant = { actions: ['dynamodb:Query', 'dynamodb:PutItem'], on: ['table'] };
/** Rollout documents, snapshots of rollouts, and which version of them is read. */
const readDocuments: Grant = { actions: ['dynamodb:GetItem'], on: ['table'] };
const announce: Grant = { actions: ['events:PutEvents'], on: ['bus'] };

/** Athena looks up the tables of a query, reads their files and writes its result as who asked for it. */
const QUERYING: readonly Grant[] = [
  {
    actions: ['athena:StartQueryExecution', 'athena:GetQueryExecution', 'athena:GetQueryResults'],
    on: ['workgroup'],
  },
  { actions: ['glue:CreateTable', 'glue:GetTable'], on: ['catalog', 'tables-database', 'tables'] },
  { actions: ['glue:GetDatabase'], on: ['catalog', 'tables-database'] },
  { actions: ['s3:GetBucketLocation'], on: ['bucket', 'results'] },
  { actions: ['s3:ListBucket'], on: ['results'] },
  {
    actions: ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
    on: ['result-objects'],
  },
];

/** What each function may do beside writing its own log: what it does, and nothing else. */
export const GRANTS = {
  submit: [
    writeLog,
    readDocuments,
    listing('records', 'predictions'),
    reading('records'),
    uploading('transformInput'),
    uploading('arms'),
    // The tags travel with the request, and tagging is an action of its own.
    { actions: ['sagemaker:CreateTransformJob', 'sagemaker:AddTags'], on: ['transform-jobs'] },
    sending('transform-submitted', 'outcomes-landed', 'partition-ready'),
    consuming('partition-ready'),
  ],
  watch: [
    writeLog,
    readDocuments,
    { actions: ['sagemaker:DescribeTransformJob'], on: ['transform-jobs'] },
    { actions: ['athena:GetQueryExecution', 'athena:StopQueryExecution'], on: ['workgroup'] },
    sending('transform-submitted', 'transform-complete', 'outcomes-landed'),
    consuming('transform-submitted'),
  ],
  complete: [
    writeLog,
    readDocuments,
    listing('predictions'),
    { actions: ['sagemaker:DescribeTransformJob'], on: ['transform-jobs'] },
    // An event may overtake our own record of another attempt: then the running one is watched.
    sending('partition-ready', 'transform-submitted', 'outcomes-landed'),
    consuming('transform-complete'),
  ],
  evaluate: [
    writeLog,
    readDocuments,
    listing('records', 'predictions', 'outcomes', 'arms'),
    reading('records', 'predictions', 'outcomes', 'arms'),
    writing('metrics'),
    ...QUERYING,
    // Of a query that runs, it is the watcher that is told.
    sending('outcomes-landed', 'transform-submitted'),
    consuming('outcomes-landed'),
  ],
  review: [writeLog, readDocuments, listing('exposures'), reading('exposures'), announce],
  sweep: [
    writeLog,
    readDocuments,
    listing('records', 'predictions', 'outcomes', 'exposures'),
    // It makes a review that did not come.
    reading('exposures'),
    sending('partition-ready', 'transform-complete', 'outcomes-landed'),
    announce,
  ],
  /** What applications and the page read. It can change nothing. */
  read: [readLog, readDocuments, reading('metrics')],
  /** What applications report: kept, and read by the next review. */
  feedback: [readDocuments, writing('exposures')],
  /** What people command: one event, and the document that follows from it. */
  command: [writeLog, readDocuments, announce],
} as const satisfies Record<string, readonly Grant[]>;

export type FunctionName = keyof typeof GRANTS;
export const FUNCTION_NAMES = Object.keys(GRANTS) as FunctionName[];

/** What SageMaker may do as the role of the models: read their input, write their output. */
export const TRANSFORM_GRANTS: readonly Grant[] = [
  {
    actions: ['s3:ListBucket'],
    on: ['bucket'],
    when: { operator: 'StringLike', key: 's3:prefix', values: [folders.transformInput, 'models/*'] },
  },
  { actions: ['s3:GetObject'], on: [`objects:${folders.transformInput}`, 'objects:models/*'] },
  uploading('predictions'),
];

/** What a person needs to register deployments, to create their models, and to steer their rollouts. */
export const OPERATOR_GRANTS: readonly Grant[] = [
  writeLog,
  readDocuments,
  announce,
  { actions: ['sagemaker:DescribeModel'], on: ['models'] },
  { actions: ['sagemaker:CreateModel'], on: ['own-models'] },
  {
    actions: ['iam:PassRole'],
    on: ['transform-role'],
    when: { operator: 'StringEquals', key: 'iam:PassedToService', values: ['sagemaker.amazonaws.com'] },
  },
];
