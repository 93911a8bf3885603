import type { QueryRequest } from './athena-request.ts';

export type QueryState = 'QUEUED' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED';

export type Column = { name: string; type: string };

/** A query as it is kept. Times are epoch milliseconds. */
export type QueryExecution = {
  id: string;
  request: QueryRequest;
  /** Where its result lies, as an S3 URI. */
  output: string;
  state: QueryState;
  reason?: string;
  submittedAt: number;
  endedAt?: number;
  bytesScanned: number;
  /** Of its result, once it has one that is handed out. */
  columns?: Column[];
};

export const hasEnded = ({ state }: QueryExecution): boolean => state !== 'QUEUED' && state !== 'RUNNING';

/** What GetQueryExecution answers. */
export function describeQuery(query: QueryExecution): object {
  const { id, request, output, state, reason, submittedAt, endedAt, bytesScanned } = query;
  const took = (endedAt ?? Date.now()) - submittedAt;
  return {
    QueryExecution: {
      QueryExecutionId: id,
      Query: request.QueryString,
      StatementType: 'DML',
      QueryExecutionContext: { Database: request.Database, Catalog: 'awsdatacatalog' },
      WorkGroup: request.WorkGroup,
      ResultConfiguration: { OutputLocation: output },
      Status: {
        State: state,
        StateChangeReason: reason,
        SubmissionDateTime: submittedAt / 1000,
        CompletionDateTime: endedAt === undefined ? undefined : endedAt / 1000,
        // Of the categories this knows one: what is wrong with the query, or with its data.
        AthenaError:
          state === 'FAILED'
            ? { ErrorCategory: 2, ErrorType: 1306, Retryable: false, ErrorMessage: reason }
            : undefined,
      },
      Statistics: {
        DataScannedInBytes: bytesScanned,
        EngineExecutionTimeInMillis: took,
        TotalExecutionTimeInMillis: took,
        QueryQueueTimeInMillis: 0,
      },
      EngineVersion: { SelectedEngineVersion: 'AUTO', EffectiveEngineVersion: 'Athena engine version 3' },
    },
  };
}

/** The event that EventBridge makes of a change of state. */
export const queryStateChange = (
  { id, request, state }: QueryExecution,
  previous: QueryState | undefined,
  sequence: number,
) => ({
  source: 'aws.athena',
  detailType: 'Athena Query State Change',
  resources: [],
  detail: {
    versionId: '0',
    currentState: state,
    ...(previous === undefined ? {} : { previousState: previous }),
    statementType: 'DML',
    queryExecutionId: id,
    workgroupName: request.WorkGroup,
    sequenceNumber: String(sequence),
  },
});
