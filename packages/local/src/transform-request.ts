import { awsError } from './aws-error.ts';
import { isCsvType, isJsonType } from './data-processing.ts';
import { parseJsonPath, selectsColumns } from './json-path.ts';

export type BatchStrategy = 'MultiRecord' | 'SingleRecord';

/** What CreateTransformJob was asked, once it has been found valid. */
export type TransformRequest = {
  TransformJobName: string;
  ModelName: string;
  MaxConcurrentTransforms?: number;
  ModelClientConfig?: { InvocationsTimeoutInSeconds?: number; InvocationsMaxRetries?: number };
  MaxPayloadInMB?: number;
  BatchStrategy?: BatchStrategy;
  Environment?: Record<string, string>;
  TransformInput: {
    DataSource: { S3DataSource: { S3DataType: 'S3Prefix'; S3Uri: string } };
    ContentType?: string;
    CompressionType?: 'None' | 'Gzip';
    SplitType?: 'None' | 'Line';
  };
  TransformOutput: {
    S3OutputPath: string;
    Accept?: string;
    AssembleWith?: 'None' | 'Line';
    KmsKeyId?: string;
  };
  TransformResources: { InstanceType: string; InstanceCount: number };
  DataProcessing?: { InputFilter?: string; OutputFilter?: string; JoinSource?: 'None' | 'Input' };
  Tags?: { Key: string; Value: string }[];
};

type Constraint = { path: string; holds: (value: unknown) => boolean; text: string };

const S3_URI = /^(https|s3):\/\/([^/]+)\/?(.*)$/s;

const isText = (min: number, max: number) => (value: unknown) =>
  typeof value === 'string' && value.length >= min && value.length <= max;
const text = (path: string, max: number): Constraint => ({
  path,
  holds: isText(0, max),
  text: `Member must have length less than or equal to ${max}`,
});
const matching = (path: string, pattern: RegExp, max: number): Constraint => ({
  path,
  holds: (value) => isText(1, max)(value) && pattern.test(String(value)),
  text: `Member must satisfy regular expression pattern: ${pattern.source}, and be at most ${max} characters long`,
});
const oneOf = (path: string, ...values: string[]): Constraint => ({
  path,
  holds: (value) => values.includes(String(value)),
  text: `Member must satisfy enum value set: [${values.join(', ')}]`,
});
const integer = (path: string, min: number, max: number): Constraint => ({
  path,
  holds: (value) => Number.isInteger(value) && Number(value) >= min && Number(value) <= max,
  text: `Member must be an integer between ${min} and ${max}`,
});

const NAME = /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/;
const S3_SOURCE = 'TransformInput.DataSource.S3DataSource';
const REQUIRED = [
  'TransformJobName',
  'ModelName',
  `${S3_SOURCE}.S3DataType`,
  `${S3_SOURCE}.S3Uri`,
  'TransformOutput.S3OutputPath',
  'TransformResources.InstanceType',
  'TransformResources.InstanceCount',
];

const CONSTRAINTS: Constraint[] = [
  matching('TransformJobName', NAME, 63),
  matching('ModelName', NAME, 63),
  integer('MaxConcurrentTransforms', 0, 100),
  integer('MaxPayloadInMB', 0, 100),
  integer('ModelClientConfig.InvocationsTimeoutInSeconds', 1, 3600),
  integer('ModelClientConfig.InvocationsMaxRetries', 0, 3),
  oneOf('BatchStrategy', 'MultiRecord', 'SingleRecord'),
  { path: 'Environment', holds: isEnvironment, text: 'Member must be a map of at most 16 names to texts' },
  // The record formats and manifests of the real service are refused here instead of being run wrong.
  oneOf(`${S3_SOURCE}.S3DataType`, 'S3Prefix'),
  oneOf('TransformInput.SplitType', 'None', 'Line'),
  oneOf('TransformInput.CompressionType', 'None', 'Gzip'),
  matching(`${S3_SOURCE}.S3Uri`, S3_URI, 1024),
  matching('TransformOutput.S3OutputPath', S3_URI, 1024),
  text('TransformInput.ContentType', 256),
  text('TransformOutput.Accept', 256),
  oneOf('TransformOutput.AssembleWith', 'None', 'Line'),
  integer('TransformResources.InstanceCount', 1, 100),
  matching('TransformResources.InstanceType', /^ml\..+$/, 64),
  text('DataProcessing.InputFilter', 63),
  text('DataProcessing.OutputFilter', 63),
  oneOf('DataProcessing.JoinSource', 'None', 'Input'),
  { path: 'Tags', holds: isTags, text: 'Member must be a list of at most 50 tags' },
];

function isEnvironment(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const entries = Object.entries(value);
  return (
    entries.length <= 16 &&
    entries.every(([name, held]) => /^[a-zA-Z_]\w*$/.test(name) && isText(0, 10240)(held))
  );
}

function isTags(value: unknown): boolean {
  return Array.isArray(value) && value.length <= 50 && value.every((tag) => isText(1, 128)(tag?.Key));
}

function valueAt(path: string, value: unknown): unknown {
  let found = value;
  for (const name of path.split('.')) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = (found as Record<string, unknown>)[name];
  }
  return found ?? undefined;
}

// The service speaks of members in camel case.
const memberName = (path: string) =>
  path.replace(/(^|\.)([A-Z])/g, (_, dot, letter) => dot + letter.toLowerCase());

/** @throws ValidationException, telling every constraint that does not hold. */
export function validateTransformRequest(input: unknown): TransformRequest {
  const problems: string[] = [];
  for (const path of REQUIRED) {
    if (valueAt(path, input) === undefined) {
      problems.push(
        `Value null at '${memberName(path)}' failed to satisfy constraint: Member must not be null`,
      );
    }
  }
  for (const { path, holds, text: constraint } of CONSTRAINTS) {
    const value = valueAt(path, input);
    if (value === undefined || holds(value)) continue;
    const shown = typeof value === 'string' ? value : JSON.stringify(value);
    problems.push(`Value '${shown}' at '${memberName(path)}' failed to satisfy constraint: ${constraint}`);
  }
  if (problems.length > 0) {
    const count = `${problems.length} validation error${problems.length > 1 ? 's' : ''} detected`;
    throw awsError('ValidationException', `${count}: ${problems.join('; ')}`);
  }
  const request = input as TransformRequest;
  checkPayloadLimit(request.MaxConcurrentTransforms, request.MaxPayloadInMB);
  checkDataProcessing(request);
  return request;
}

/** @throws ValidationException when both are given and ask for more memory than an instance may use. */
export function checkPayloadLimit(maxConcurrentTransforms = 0, maxPayloadInMB = 0): void {
  if (maxConcurrentTransforms * maxPayloadInMB <= 100) return;
  throw awsError(
    'ValidationException',
    `MaxConcurrentTransforms (${maxConcurrentTransforms}) * MaxPayloadInMB (${maxPayloadInMB}) cannot exceed 100 MB`,
  );
}

function checkDataProcessing({ DataProcessing, TransformInput, TransformOutput }: TransformRequest): void {
  const { InputFilter = '$', OutputFilter = '$', JoinSource = 'None' } = DataProcessing ?? {};
  if (InputFilter === '$' && OutputFilter === '$' && JoinSource === 'None') return;
  const refuse = (message: string) => awsError('ValidationException', `DataProcessing: ${message}`);
  const { ContentType, SplitType = 'None' } = TransformInput;
  const { Accept, AssembleWith = 'None' } = TransformOutput;
  const isCsv = isCsvType(ContentType);
  if (!isCsv && !isJsonType(ContentType)) {
    throw refuse(
      `ContentType must be text/csv, application/json or application/jsonlines, and is ${ContentType}.`,
    );
  }
  if (Accept !== undefined && isCsvType(Accept) !== isCsv) {
    throw refuse(`Accept (${Accept}) and ContentType (${ContentType}) must be of one kind.`);
  }
  if (
    JoinSource === 'Input' &&
    (isCsv ? SplitType !== 'Line' || AssembleWith !== 'Line' : SplitType !== AssembleWith)
  ) {
    throw refuse('to join the input, SplitType and AssembleWith must both be Line.');
  }
  for (const filter of [InputFilter, OutputFilter]) {
    let path: ReturnType<typeof parseJsonPath>;
    try {
      path = parseJsonPath(filter);
    } catch (error) {
      throw refuse(error instanceof Error ? error.message : String(error));
    }
    if (isCsv && !selectsColumns(path))
      throw refuse(`"${filter}": CSV has columns only by position, such as "$[1:]".`);
  }
}
