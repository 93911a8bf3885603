/** One thing that somebody wants to do, as IAM sees it. */
export interface IamRequest {
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, string>>;
}

const ACCOUNT = '123456789012';
const REGION = 'us-east-1';
const arn = (service: string, rest: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${rest}`;

// biome-ignore lint/suspicious/noExplicitAny: the input of any command.
type Input = Readonly<Record<string, any>>;

const table = (action: string) => (input: Input) => [
  request(action, arn('dynamodb', `table/${input.TableName}`)),
];
const object = (action: string) => (input: Input) => [
  request(action, `arn:aws:s3:::${input.Bucket}/${input.Key}`),
];
const queue = (action: string) => (input: Input) => [
  request(action, arn('sqs', String(input.QueueUrl).split('/').at(-1) ?? '')),
];
const job = ({ TransformJobName }: Input) =>
  arn('sagemaker', `transform-job/${TransformJobName}`.toLowerCase());

/**
 * The actions that IAM asks for, by command of the SDK, from the Service Authorization Reference. The parts of a
 * multipart upload count as putting the object, and tags that travel with a request as tagging.
 */
const ACTIONS: Readonly<Record<string, (input: Input) => IamRequest[]>> = {
  PutItemCommand: table('dynamodb:PutItem'),
  GetItemCommand: table('dynamodb:GetItem'),
  QueryCommand: table('dynamodb:Query'),
  GetObjectCommand: ({ Bucket, Key, IfMatch }) => [
    request('s3:GetObject', `arn:aws:s3:::${Bucket}/${Key}`),
    // Who asks for a version that may be gone wants to be told that it is: only who may list is.
    ...(IfMatch === undefined ? [] : [request('s3:ListBucket', `arn:aws:s3:::${Bucket}`)]),
  ],
  PutObjectCommand: object('s3:PutObject'),
  CreateMultipartUploadCommand: object('s3:PutObject'),
  UploadPartCommand: object('s3:PutObject'),
  CompleteMultipartUploadCommand: object('s3:PutObject'),
  AbortMultipartUploadCommand: object('s3:AbortMultipartUpload'),
  ListObjectsV2Command: ({ Bucket, Prefix = '' }) => [
    request('s3:ListBucket', `arn:aws:s3:::${Bucket}`, { 's3:prefix': Prefix }),
  ],
  SendMessageBatchCommand: queue('sqs:SendMessage'),
  CreateTransformJobCommand: (input) => [
    request('sagemaker:CreateTransformJob', job(input)),
    ...((input.Tags ?? []).length > 0 ? [request('sagemaker:AddTags', job(input))] : []),
  ],
  DescribeTransformJobCommand: (input) => [request('sagemaker:DescribeTransformJob', job(input))],
  DescribeModelCommand: ({ ModelName }) => [
    request('sagemaker:DescribeModel', arn('sagemaker', `model/${String(ModelName).toLowerCase()}`)),
  ],
  // The workgroup of the query is not in the request; the stage of the tests has one.
  GetQueryExecutionCommand: () => [request('athena:GetQueryExecution', WORKGROUP)],
  GetQueryResultsCommand: () => [request('athena:GetQueryResults', WORKGROUP)],
  StartQueryExecutionCommand: ({ WorkGroup, QueryString }) => [
    request('athena:StartQueryExecution', arn('athena', `workgroup/${WorkGroup}`)),
    // What Athena does as who asked: it finds the tables, and writes the result.
    ...['catalog', DATABASE].map((of) => request('glue:GetDatabase', arn('glue', of))),
    ...catalogOf('glue:GetTable'),
    ...writingOf(QueryString),
  ],
  StopQueryExecutionCommand: () => [request('athena:StopQueryExecution', WORKGROUP)],
  CreateTableCommand: ({ TableInput }) => [
    ...catalogOf('glue:CreateTable'),
    ...readingOf(String(TableInput.StorageDescriptor.Location)),
  ],
  PutEventsCommand: ({ Entries }) =>
    Entries.map(({ EventBusName }: Input) =>
      request('events:PutEvents', arn('events', `event-bus/${EventBusName}`)),
    ),
};

const WORKGROUP = arn('athena', 'workgroup/penumbra-ada');
const DATABASE = 'database/penumbra_ada';
const catalogOf = (action: string): IamRequest[] =>
  ['catalog', DATABASE, 'table/penumbra_ada/orders'].map((of) => request(action, arn('glue', of)));
/** What Athena does with the files of a table, as who asks a query over it. */
function readingOf(location: string): IamRequest[] {
  const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]+)\/(.*)$/.exec(location) ?? [];
  const folder = `${prefix}${prefix.endsWith('outcomes/') ? 'landed' : 'date'}=2001-02-03/`;
  return [
    request('s3:GetBucketLocation', `arn:aws:s3:::${bucket}`),
    request('s3:ListBucket', `arn:aws:s3:::${bucket}`, { 's3:prefix': folder }),
    request('s3:GetObject', `arn:aws:s3:::${bucket}/${folder}part-0.csv`),
  ];
}

function writingOf(statement: string): IamRequest[] {
  const [, bucket, prefix] = /\bTO\s+'s3:\/\/([^/]+)\/([^']*)'/.exec(statement) ?? [];
  if (bucket === undefined) return [];
  return [
    request('s3:GetBucketLocation', `arn:aws:s3:::${bucket}`),
    request('s3:ListBucket', `arn:aws:s3:::${bucket}`, { 's3:prefix': prefix ?? '' }),
    request('s3:PutObject', `arn:aws:s3:::${bucket}/${prefix}`),
  ];
}

const request = (action: string, resource: string, context: IamRequest['context'] = {}): IamRequest => ({
  action,
  resource,
  context,
});

/** What IAM is asked when a client sends this command. Throws for a command that nobody has thought of yet. */
export function requestsOf(command: string, input: Input): IamRequest[] {
  const actions = ACTIONS[command];
  if (!actions) throw new Error(`say in test/infra/iam/request.ts which actions ${command} needs`);
  return actions(input);
}
