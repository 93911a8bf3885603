import { type Graph, ofType } from '../graph.ts';
import { functions } from './functions.ts';
import { type Rule, unless } from './rule.ts';

// AWS's own numbers, written down here a second time on purpose: a wrong limit must not excuse itself.
const LONGEST_TIMEOUT = 900;
const LONGEST_DELAY = 900;
const LONGEST_VISIBILITY = 43_200;
const LARGEST_PAYLOAD = 6 * 1024 * 1024;
/** What the API takes and what each of the pipeline's messages needs stay far below it; see `decode-message.ts`. */
const LARGEST_OWN_MESSAGE = 256 * 1024;
const MOST_MEMORY = 10_240;
const MOST_STORAGE = 10_240;

export const LIMIT_RULES: readonly Rule[] = [
  {
    name: "everything is within AWS's limits",
    check: (graph: Graph) => [
      ...functions(graph).flatMap(
        ({ name, inputs: { timeout, memorySize, ephemeralStorage, environment } }) => [
          ...unless(timeout > 0 && timeout <= LONGEST_TIMEOUT, `${name} has a timeout of ${timeout} s`),
          ...unless(memorySize >= 128 && memorySize <= MOST_MEMORY, `${name} has ${memorySize} MB`),
          ...unless(
            ephemeralStorage.size >= 512 && ephemeralStorage.size <= MOST_STORAGE,
            `${name}: size of /tmp`,
          ),
          ...unless(
            Buffer.byteLength(JSON.stringify(environment?.variables ?? {})) <= 4096,
            `${name} has more than 4 KB of environment`,
          ),
          ...unless(
            Number(environment?.variables?.WATCH_DELAY_SECONDS ?? 0) <= LONGEST_DELAY,
            `${name} delays messages for longer than SQS does`,
          ),
        ],
      ),
      ...ofType(graph, 'sqs/queue:Queue').flatMap(
        ({ name, inputs: { delaySeconds = 0, visibilityTimeoutSeconds } }) => [
          ...unless(delaySeconds <= LONGEST_DELAY, `${name} delays messages for ${delaySeconds} s`),
          ...unless(visibilityTimeoutSeconds <= LONGEST_VISIBILITY, `${name} hides messages for too long`),
        ],
      ),
      ...ofType(graph, 'lambda/eventSourceMapping:EventSourceMapping').flatMap(
        ({ name, inputs: { batchSize, maximumBatchingWindowInSeconds: window = 0 } }) => [
          ...unless(
            batchSize * LARGEST_OWN_MESSAGE < LARGEST_PAYLOAD,
            `${name} may hand over more than 6 MB: ${batchSize} messages`,
          ),
          ...unless(batchSize <= 10 || window >= 1, `${name}: more than ten messages need a window`),
          ...unless(window <= 300, `${name} waits ${window} s for a batch`),
        ],
      ),
    ],
  },
];
