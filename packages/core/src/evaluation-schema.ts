import { z } from 'zod';

/** Bytes above which `auto` hands a look to Athena: a function has 10 GB of disk for a look's files, and 15 minutes. */
const AUTO_BYTES = 4_000_000_000;
/** Most bytes of one query; a terabyte is some five dollars. */
const MAX_BYTES_SCANNED = 1_000_000_000_000;
/** The least that Athena takes as a limit, and charges for. */
const LEAST_BYTES_SCANNED = 10_000_000;

const athenaSchema = z.strictObject({
  maxBytesScanned: z
    .number()
    .int()
    .min(LEAST_BYTES_SCANNED)
    .default(MAX_BYTES_SCANNED)
    .describe(
      'Most bytes that one query may scan: a look at more is not queried, and a query that scans more is stopped. The stage has a limit of its own.',
    ),
  maxAttempts: z
    .number()
    .int()
    .min(1)
    .max(20)
    .default(3)
    .describe('Queries for one look before it is given up as NOT_ASSESSABLE.'),
});

export const evaluationSchema = z.strictObject({
  engine: z
    .enum(['lambda', 'athena', 'auto'])
    .default('lambda')
    .describe(
      'What compares a day. lambda: one function, which fetches the files. athena: a query over the files where they lie, for days that no function holds. auto: athena where the files of a look have more than autoBytes.',
    ),
  autoBytes: z
    .number()
    .int()
    .min(0)
    .default(AUTO_BYTES)
    .describe(
      "For auto: bytes of a look's files (records, predictions and every outcome landed since) above which it is a query. The default leaves more than half of a function's 10 GB of disk free.",
    ),
  athena: athenaSchema.prefault({}).describe('How far queries may go.'),
});
