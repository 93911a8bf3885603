/** What may go wrong with one kind of request, and how often. */
export interface Operation {
  /** Chance of a fault at each attempt of the SDK, in [0, 1). */
  readonly chance: number;
  readonly kinds: readonly string[];
}

/** Before: the service never saw the request. After: it did the work, and nobody heard of it. */
const EFFECT = [
  'crash before',
  'crash after',
  'throttled',
  'timeout before',
  'timeout after',
  '500 before',
  '500 after',
];
const READ = ['throttled', 'timeout', '500'];

/** The requests of handlers and pollers. An operation is one place in our code that talks to a service. */
export const OPERATIONS = {
  append: {
    chance: 0.27,
    kinds: [...EFFECT, 'somebody was first', 'somebody was first', 'TransactionConflict'],
  },
  document: { chance: 0.7, kinds: EFFECT },
  // Why a message failed, for people: at best.
  note: { chance: 0.5, kinds: READ },
  submit: { chance: 0.78, kinds: [...EFFECT, 'quota is used up'] },
  send: { chance: 0.22, kinds: EFFECT },
  write: { chance: 0.4, kinds: EFFECT },
  delete: { chance: 0.16, kinds: EFFECT },
  receive: { chance: 0.03, kinds: ['throttled', 'timeout before', 'timeout after', 'timeout after', '500'] },
  load: { chance: 0.03, kinds: READ },
  list: { chance: 0.07, kinds: READ },
  get: { chance: 0.03, kinds: [...READ, 'cut off in the body'] },
  describe: { chance: 0.3, kinds: READ },
} as const satisfies Record<string, Operation>;
export type OperationName = keyof typeof OPERATIONS;

/** What happens to a message that a handler sends, and to a delete, although the request goes well. */
export const SENT = { dropped: 0.03, repeated: 0.05, delayed: 0.05, refused: 0.05 } as const;
export const REFUSED_DELETE = 0.03;

/** What happens to a message on its way from the queue to the handler, by where the message came from. */
export const DELIVERY = {
  's3-event': { lost: 0.14, repeated: 0.12, late: 0.1 },
  'sagemaker-event': { lost: 0.3, repeated: 0.18, late: 0.18 },
  message: { repeated: 0.05, late: 0.05 },
} as const;
export type Sender = keyof typeof DELIVERY;

/** How a chosen attempt at a transform ends, and the chance of each. */
export const TRANSFORM_ENDS = {
  fails: 0.24,
  'is stopped': 0.24,
  'leaves partial outputs': 0.24,
  'answers too few lines': 0.24,
} as const;
export type TransformEnd = keyof typeof TRANSFORM_ENDS;

export const OTHER_SEAMS = [
  'delete: refused',
  'messages: reordered',
  'transform output: truncated',
  'outcomes: corrected after maturity',
  'review: two at once',
  'clock: jumps',
  'process: SIGKILL of a worker',
  'process: SIGKILL of AWS',
] as const;

/** Every place and way that a full run must have hit. */
export const SEAMS: readonly string[] = [
  ...Object.entries(OPERATIONS).flatMap(([name, { kinds }]) =>
    [...new Set<string>(kinds)].map((kind) => `${name}: ${kind}`),
  ),
  ...Object.keys(SENT).map((fate) => `sent: ${fate}`),
  ...Object.entries(DELIVERY).flatMap(([sender, fates]) =>
    Object.keys(fates).map((fate) => `${sender}: ${fate}`),
  ),
  ...Object.keys(TRANSFORM_ENDS).map((end) => `transform: ${end}`),
  ...OTHER_SEAMS,
];
