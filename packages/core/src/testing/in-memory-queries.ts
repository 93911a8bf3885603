import type { Evaluator, Queries, QueryRequest, QueryStatus, QuerySubmission } from '../pipeline/ports.ts';
import { LIST_USD_PER_TB, queryCost } from '../query-cost.ts';

/** What a query comes to when it ends. */
export type QueryEnd =
  | { readonly status: 'succeeded' }
  | Pick<Extract<QueryStatus, { readonly status: 'failed' }>, 'status' | 'kind' | 'reason' | 'mayPass'>;

interface Known {
  readonly request: QueryRequest;
  status: { readonly status: 'running' } | QueryEnd;
  bytesScanned: number;
  isKept: boolean;
}

export interface InMemoryQueries extends Queries {
  /** What Athena answers to a submission; a test replaces it. */
  answer: (request: QueryRequest) => QuerySubmission | undefined;
  /** What a query comes to when it ends; a test replaces it. */
  script: (request: QueryRequest) => QueryEnd;
  /** Places in the log in order of submission, repeats too. */
  readonly submissions: string[];
  readonly stopped: string[];
  readonly running: () => string[];
  /** Ends a running query, and tells the queue. */
  readonly end: (queryExecutionId: string) => void;
  /** The event of its end; EventBridge may send it more than once. */
  readonly tellQueue: (queryExecutionId: string) => void;
  readonly scan: (queryExecutionId: string, bytes: number) => void;
  /** Its result is expired. */
  readonly forget: (queryExecutionId: string) => void;
}

/** Queries that find what the evaluator finds, ended by the tests. */
export function inMemoryQueries(
  evaluator: Evaluator,
  tell: (queryExecutionId: string) => void,
): InMemoryQueries {
  const queries = new Map<string, Known>();
  const known = (queryExecutionId: string): Known => {
    const query = queries.get(queryExecutionId);
    if (!query) throw new Error(`no query ${queryExecutionId}`);
    return query;
  };
  const service: InMemoryQueries = {
    unfit: () => undefined,
    answer: () => undefined,
    script: () => ({ status: 'succeeded' }),
    submissions: [],
    stopped: [],
    running: () => [...queries].filter(([, { status }]) => status.status === 'running').map(([id]) => id),
    tellQueue: tell,

    end: (queryExecutionId) => {
      const query = known(queryExecutionId);
      query.status = service.script(query.request);
      query.bytesScanned = 1000;
      service.tellQueue(queryExecutionId);
    },
    scan: (queryExecutionId, bytes) => {
      known(queryExecutionId).bytesScanned = bytes;
    },
    forget: (queryExecutionId) => {
      known(queryExecutionId).isKept = false;
    },

    submit: async (request) => {
      service.submissions.push(request.eventId);
      const queryExecutionId = `query-of-${request.eventId}`;
      const answer = service.answer(request);
      if (answer) return answer;
      if (!queries.has(queryExecutionId)) {
        queries.set(queryExecutionId, {
          request,
          status: { status: 'running' },
          bytesScanned: 0,
          isKept: true,
        });
      }
      const output = `results/${request.eventId}`;
      return { status: 'submitted', queryExecutionId, clientRequestToken: request.eventId, output };
    },
    describe: async (queryExecutionId) => {
      const query = queries.get(queryExecutionId);
      const bytesScanned = query?.bytesScanned ?? 0;
      const scanned = { bytesScanned, cost: queryCost(bytesScanned, LIST_USD_PER_TB) };
      if (!query) {
        const reason = `no query ${queryExecutionId}`;
        return {
          ...scanned,
          status: 'failed',
          kind: 'MISSING',
          reason,
          mayPass: true,
          partition: undefined,
        };
      }
      const { deployment, date } = query.request;
      return { ...scanned, ...query.status, partition: { deployment, date } };
    },
    results: async ({ queryExecutionId, metricsKey }) => {
      const { request, isKept } = known(queryExecutionId);
      return isKept ? evaluator.evaluate({ ...request, metricsKey }) : 'missing';
    },
    stop: async (queryExecutionId) => {
      service.stopped.push(queryExecutionId);
      const query = known(queryExecutionId);
      if (query.status.status !== 'running') return;
      query.status = { status: 'failed', kind: 'CANCELLED', reason: 'it was stopped', mayPass: false };
    },
  };
  return service;
}
