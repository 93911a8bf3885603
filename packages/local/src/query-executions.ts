import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type QueryRequest, readQueryRequest, sameRequest } from './athena-request.ts';
import { awsError, messageOf } from './aws-error.ts';
import type { EventBus } from './event-bus.ts';
import { openJsonFiles } from './json-files.ts';
import { createSemaphore } from './ordered-concurrency.ts';
import { BytesCutoff, type Outcome } from './query-engine.ts';
import { hasEnded, type QueryExecution, type QueryState, queryStateChange } from './query-execution.ts';

export type QueryExecutions = {
  /** @throws InvalidRequestException */
  start(input: Record<string, unknown>): QueryExecution;
  /** @throws InvalidRequestException */
  find(id: unknown): QueryExecution;
  /** A query that has ended stays as it is. @throws InvalidRequestException */
  stop(id: unknown): void;
  /** Ends the work without ending the queries: the next start runs them again. */
  close(): Promise<void>;
};

export type QueryExecutionsOptions = {
  directory: string;
  bus: EventBus;
  workgroup: string;
  /** S3 URI below which results lie. */
  resultsLocation: string;
  run(query: QueryExecution, scanned: (bytes: number) => void): Promise<Outcome>;
};

// Each takes a DuckDB of its own; the machine is shared.
const RUNNING_AT_ONCE = 2;

/** The queries of one workgroup: kept in files, run a few at once, told on the bus. */
export function openQueryExecutions(options: QueryExecutionsOptions): QueryExecutions {
  const { directory, bus, workgroup, resultsLocation, run } = options;
  const files = openJsonFiles<QueryExecution>(join(directory, 'queries'));
  const queries = new Map<string, QueryExecution>();
  const byToken = new Map<string, QueryExecution>();
  const running = new Set<Promise<void>>();
  const inTurn = createSemaphore(RUNNING_AT_ONCE);
  let isClosing = false;

  function change(query: QueryExecution, state: QueryState, more: Partial<QueryExecution> = {}): void {
    const previous = query.state === state ? undefined : query.state;
    Object.assign(query, more, { state });
    if (hasEnded(query)) query.endedAt = Date.now();
    files.write(query.id, query);
    bus.put(queryStateChange(query, previous, previous === undefined ? 1 : hasEnded(query) ? 3 : 2));
  }

  function begin(query: QueryExecution): void {
    const work = inTurn(async () => {
      if (isClosing || hasEnded(query)) return;
      if (query.state === 'QUEUED') change(query, 'RUNNING');
      const ended = await run(query, (bytes) => {
        query.bytesScanned = bytes;
      }).then(
        (outcome) => ({ state: 'SUCCEEDED' as const, ...outcome }),
        (error: unknown) => ({
          state: error instanceof BytesCutoff ? ('CANCELLED' as const) : ('FAILED' as const),
          reason: messageOf(error),
        }),
      );
      // It may have been stopped meanwhile; and what fails because everything ends is run again.
      if (hasEnded(query) || (isClosing && ended.state !== 'SUCCEEDED')) return;
      change(query, ended.state, ended);
    });
    running.add(work);
    work.finally(() => running.delete(work));
  }

  function find(id: unknown): QueryExecution {
    const query = queries.get(String(id));
    if (!query) throw awsError('InvalidRequestException', `QueryExecution ${id} was not found`);
    return query;
  }

  function known(request: QueryRequest): QueryExecution | undefined {
    const before = byToken.get(request.ClientRequestToken);
    if (before && !sameRequest(before.request, request)) {
      throw awsError('InvalidRequestException', 'Idempotent parameters do not match');
    }
    return before;
  }

  for (const query of files.all()) {
    queries.set(query.id, query);
    byToken.set(query.request.ClientRequestToken, query);
    if (!hasEnded(query)) begin(query);
  }

  return {
    find,
    start(input) {
      const request = readQueryRequest(input, workgroup);
      const before = known(request);
      if (before) return before;
      const id = randomUUID();
      const query: QueryExecution = {
        id,
        request,
        output: `${resultsLocation}${id}.csv`,
        state: 'QUEUED',
        submittedAt: Date.now(),
        bytesScanned: 0,
      };
      queries.set(id, query);
      byToken.set(request.ClientRequestToken, query);
      change(query, 'QUEUED');
      begin(query);
      return query;
    },
    stop(id) {
      const query = find(id);
      if (!hasEnded(query)) change(query, 'CANCELLED', { reason: 'Query cancelled by user' });
    },
    async close() {
      isClosing = true;
      await Promise.all(running);
    },
  };
}
