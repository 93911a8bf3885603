import type { Server } from 'node:http';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { awsError } from './aws-error.ts';
import { createJsonService } from './json-service.ts';
import { describeQuery, hasEnded } from './query-execution.ts';
import type { QueryExecutions } from './query-executions.ts';
import { pageOfResult, type Row, readResult } from './query-results.ts';
import { parseS3Uri } from './s3-location.ts';

/** Athena's API over HTTP. */
export const createAthenaServer = (queries: QueryExecutions, s3: S3Client): Server =>
  createJsonService('AmazonAthena', {
    StartQueryExecution: (input) => ({ QueryExecutionId: queries.start(input).id }),
    GetQueryExecution: ({ QueryExecutionId }) => describeQuery(queries.find(QueryExecutionId)),
    StopQueryExecution: ({ QueryExecutionId }) => {
      queries.stop(QueryExecutionId);
      return {};
    },
    GetQueryResults: async (input) => {
      const query = queries.find(input.QueryExecutionId);
      if (!hasEnded(query)) {
        throw awsError(
          'InvalidRequestException',
          `Query has not yet finished. Current state: ${query.state}`,
        );
      }
      if (query.state !== 'SUCCEEDED') {
        throw awsError(
          'InvalidRequestException',
          `Query did not finish successfully. Final query state: ${query.state}`,
        );
      }
      // What was unloaded lies where the statement said.
      const rows = query.columns ? await storedRows(s3, query.output) : [];
      return pageOfResult(query, rows, input);
    },
  });

async function storedRows(s3: S3Client, output: string): Promise<Row[]> {
  const { bucket, key } = parseS3Uri(output);
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return readResult(await text(Body as Readable));
  } catch (error) {
    if ((error as Error).name !== 'NoSuchKey') throw error;
    throw awsError('InvalidRequestException', 'Could not find results');
  }
}
