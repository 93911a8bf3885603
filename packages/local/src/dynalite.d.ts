declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** DynamoDB over HTTP, kept in LevelDB at `path`; the times are how long a table stays in a passing state. */
  export default function dynalite(options: {
    path: string;
    createTableMs?: number;
    deleteTableMs?: number;
    updateTableMs?: number;
  }): Server;
}
