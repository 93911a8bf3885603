import { awsError } from './aws-error.ts';

/** What StartQueryExecution was asked for. */
export type QueryRequest = {
  QueryString: string;
  ClientRequestToken: string;
  Database: string;
  WorkGroup: string;
};

type Input = Record<string, unknown>;

const invalid = (message: string) => awsError('InvalidRequestException', message);

/** Reads StartQueryExecution's input. @throws InvalidRequestException */
export function readQueryRequest(input: Input, workgroup: string): QueryRequest {
  const { QueryString, ClientRequestToken, WorkGroup = 'primary', QueryExecutionContext } = input;
  if (typeof QueryString !== 'string' || QueryString.length < 1 || QueryString.length > 262_144) {
    throw invalid('QueryString must have 1 to 262144 characters');
  }
  // The SDK makes one up where the caller gives none.
  if (
    typeof ClientRequestToken !== 'string' ||
    ClientRequestToken.length < 32 ||
    ClientRequestToken.length > 128
  ) {
    throw invalid('ClientRequestToken must have 32 to 128 characters');
  }
  if (WorkGroup !== workgroup) throw invalid(`WorkGroup ${WorkGroup} is not found.`);
  const { Database = 'default' } = (QueryExecutionContext ?? {}) as { Database?: string };
  return { QueryString, ClientRequestToken, Database, WorkGroup };
}

/** Whether two requests ask for the same: those of one token have to. */
export const sameRequest = (a: QueryRequest, b: QueryRequest): boolean =>
  a.QueryString === b.QueryString && a.Database === b.Database && a.WorkGroup === b.WorkGroup;
