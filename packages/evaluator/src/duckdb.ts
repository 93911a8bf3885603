import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';

/** One embedded DuckDB, used as a reader of files. Statements on it run one after the other. */
export interface DuckDb {
  readonly connection: DuckDBConnection;
  /** One more connection, for a query that is streamed while others run; the caller closes it. */
  connect(): Promise<DuckDBConnection>;
  close(): void;
}

/** What opens connections: a DuckDB, or one that is there once it is needed. */
export type Connecting = Pick<DuckDb, 'connect'>;

export interface DuckDbOptions {
  readonly threads?: number;
  /** Such as `400MB`. */
  readonly memoryLimit?: string;
}

/** What waits of a streamed query: little enough to be in the processor's cache still when it is fetched. */
const STREAMED = '100KB';

/** Opens a DuckDB in memory. `threads` and `memoryLimit` (such as `400MB`) bound what it takes. */
export async function openDuckDb(options: DuckDbOptions = {}): Promise<DuckDb> {
  // Loading it takes a tenth of a second and many megabytes, which days of plain files do without.
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(options.threads ?? 1),
    ...(options.memoryLimit === undefined ? {} : { memory_limit: options.memoryLimit }),
    temp_directory: join(tmpdir(), 'penumbra-duckdb'),
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const connect = async () => {
    const connection = await instance.connect();
    await connection.run(`SET streaming_buffer_size = '${STREAMED}'`);
    return connection;
  };
  const connection = await connect();
  return {
    connection,
    connect,
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** A DuckDB that is opened with its first connection. */
export function duckDbOnDemand(options: DuckDbOptions = {}): Connecting & { close(): Promise<void> } {
  let opened: Promise<DuckDb> | undefined;
  return {
    async connect() {
      opened ??= openDuckDb(options);
      return (await opened).connect();
    },
    async close() {
      (await opened)?.close();
    },
  };
}

/** A connection that is opened when it is first asked for, and closed where it was. */
export interface ConnectionOnDemand {
  open(): Promise<DuckDBConnection>;
  close(): Promise<void>;
}

export function connectionOnDemand(db: Connecting): ConnectionOnDemand {
  let opened: Promise<DuckDBConnection> | undefined;
  return {
    open() {
      opened ??= db.connect();
      return opened;
    },
    async close() {
      (await opened)?.closeSync();
    },
  };
}

/** A text as an SQL literal. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
/** A text as an SQL identifier. */
export const identifier = (text: string): string => `"${text.replaceAll('"', '""')}"`;
