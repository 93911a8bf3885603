import type { FunctionName } from './grants.ts';
import type { Settings } from './settings.ts';

/** The measures of a function. */
export interface Shape {
  /** Path of the module and its export. */
  readonly handler: string;
  readonly timeoutSeconds: number;
  /** MB. */
  readonly memory: number;
  /** MB of /tmp: where files lie while they are read. */
  readonly storage: number;
  /** Reads files with DuckDB, whose native library has to be in the bundle. */
  readonly readsFiles: boolean;
  /** Messages that one invocation gets. */
  readonly batchSize?: number;
  /** How many run at once, where more would use up SageMaker's quota, or the account's. */
  readonly reserved?: number;
}

const handlers = 'packages/functions/src/handlers';

/**
 * What each function needs. A partition or a look may take minutes and fill the memory: those come one by one. Watching
 * and completing ask SageMaker a question each, and come in batches.
 */
export function shapesOf(settings: Settings): Readonly<Record<FunctionName, Shape>> {
  const small = { memory: 512, storage: 512, readsFiles: false };
  const large = { memory: settings.evaluateMemory, storage: 10_240, readsFiles: true, batchSize: 1 };
  return {
    submit: {
      ...large,
      handler: `${handlers}/submit.handler`,
      timeoutSeconds: 900,
      reserved: settings.concurrentSubmits,
    },
    evaluate: {
      ...large,
      handler: `${handlers}/evaluate.handler`,
      timeoutSeconds: 900,
      reserved: settings.concurrentEvaluations,
    },
    watch: { ...small, handler: `${handlers}/watch.handler`, timeoutSeconds: 60, batchSize: 10 },
    complete: { ...small, handler: `${handlers}/complete.handler`, timeoutSeconds: 60, batchSize: 10 },
    review: { ...small, handler: `${handlers}/review.handler`, timeoutSeconds: 900, memory: 1024 },
    sweep: { ...small, handler: `${handlers}/sweep.handler`, timeoutSeconds: 900, memory: 1024 },
    // A deployment's whole course is told from its log: one processor, and as long as the gateway waits.
    read: { ...small, handler: `${handlers}/api.handler`, timeoutSeconds: 29, memory: 1792 },
    feedback: { ...small, handler: `${handlers}/api.handler`, timeoutSeconds: 20 },
    command: { ...small, handler: `${handlers}/api.handler`, timeoutSeconds: 20 },
  };
}

/** Five attempts at a receiver that is slow, and the pauses that it may ask for. */
export const NOTIFY_SHAPE: Shape = {
  handler: `${handlers}/notify.handler`,
  timeoutSeconds: 120,
  memory: 256,
  storage: 512,
  readsFiles: false,
};

/** Which function takes the messages of a queue. */
export const CONSUMERS = {
  'partition-ready': 'submit',
  'transform-submitted': 'watch',
  'transform-complete': 'complete',
  'outcomes-landed': 'evaluate',
} as const satisfies Record<string, FunctionName>;
