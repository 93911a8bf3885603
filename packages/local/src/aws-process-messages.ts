import type { TableSpec } from './dynamodb-server.ts';
import type { EventFaults, EventRule } from './event-bus.ts';
import type { ModelSpec } from './models.ts';
import type { QueueSpec } from './s3-sqs-server.ts';

export type AwsConfig = EventFaults & {
  /** Where everything is kept. Must be absolute. */
  dataDir: string;
  models: Record<string, ModelSpec>;
  queues: QueueSpec[];
  buckets: string[];
  table: TableSpec;
  rules: EventRule[];
  /** The workgroup and the database of queries; none can be asked without. */
  athena?: AthenaSpec;
};

export type AthenaSpec = {
  workgroup: string;
  database: string;
  /** S3 URI below which results lie. */
  resultsLocation: string;
  /** Most bytes that one query may scan. */
  bytesCutoff?: number;
};

export type Endpoints = {
  dynamodb: string;
  sqs: string;
  s3: string;
  sagemaker: string;
  eventbridge: string;
  athena: string;
  glue: string;
};

export type ToAws =
  | { type: 'start'; config: AwsConfig }
  | { type: 'registerModel'; id: number; name: string; spec: ModelSpec }
  | { type: 'stop' };

export type FromAws =
  | { type: 'started'; endpoints: Endpoints; queueUrls: Record<string, string> }
  | { type: 'failed'; message: string }
  | { type: 'modelRegistered'; id: number }
  | { type: 'log'; line: string };
