import type { EventLog } from '@penumbra/core/event-log';
import { dayStream, ROLLOUT } from '@penumbra/core/events';
import { QUEUE_NAMES, type QueueName } from '@penumbra/core/pipeline/messages';
import { decodeMessage } from './decode-message.ts';
import { type FailureKind, type FailureNotes, failureKind, reasonOf } from './failure-notes.ts';

/** A message that failed again and again, as its dead-letter queue holds it. */
export interface DeadLetter {
  /** The queue that it came from. */
  readonly queue: QueueName;
  readonly messageId: string;
  readonly body: string;
  /** When it was first sent, ISO 8601 in UTC. */
  readonly sentAt: string;
  /** What SQS wants to see of whoever received it. */
  readonly receipt: string;
}

export interface DeadLetterQueues {
  /** Up to `limit` messages, out of everybody else's sight for two minutes. */
  take(queue: QueueName, limit: number): Promise<DeadLetter[]>;
  /** Puts a message that was taken back into sight. */
  release(letter: DeadLetter): Promise<void>;
  /** Sends its body to the queue that it came from. */
  resend(letter: DeadLetter): Promise<void>;
  remove(letter: DeadLetter): Promise<void>;
}

export interface Diagnosis {
  readonly kind: FailureKind;
  readonly reason: string;
  /** When it last failed, ISO 8601 in UTC; undefined where that was not recorded. */
  readonly failedAt: string | undefined;
}

export type Diagnosed = DeadLetter & Diagnosis;

export interface DeadLetterOffice {
  readonly log: EventLog;
  readonly jobNamePrefix: string;
  readonly queues: DeadLetterQueues;
  readonly notes: FailureNotes;
}

export interface Selection {
  readonly queue?: QueueName | undefined;
  readonly messageIds?: readonly string[] | undefined;
  /** Most messages to look at in each queue. */
  readonly limit: number;
}

const UNRECORDED =
  'the handler ended before it could say why: a timeout, or out of memory; look at its log of that time';

/**
 * Why a message is dead, as things are now: what could not be read then may be readable by this version. So a
 * message is poison where it, or an event that it leads to, cannot be read now.
 */
export async function diagnose(office: DeadLetterOffice, letter: DeadLetter): Promise<Diagnosis> {
  const note = await office.notes.read(letter.queue, letter.messageId);
  const failedAt = note?.at;
  try {
    const message = decodeMessage(letter.queue, letter.body, office.jobNamePrefix);
    // A query's end names no deployment: that is asked of Athena.
    if (message !== 'ignore' && 'deployment' in message) {
      await office.log.load(message.deployment, ROLLOUT);
      if ('date' in message) await office.log.load(message.deployment, dayStream(message.date));
    }
  } catch (error) {
    if (failureKind(error) === 'poison') return { kind: 'poison', reason: reasonOf(error), failedAt };
    throw error;
  }
  if (!note) return { kind: 'transient', reason: UNRECORDED, failedAt };
  const healed = note.kind === 'poison' ? `readable now; it was not: ${note.reason}` : note.reason;
  return { kind: 'transient', reason: healed, failedAt };
}

/** The dead letters with their reasons. They stay where they are. */
export async function listDeadLetters(office: DeadLetterOffice, selection: Selection): Promise<Diagnosed[]> {
  const diagnosed: Diagnosed[] = [];
  await visit(office, selection, async (letter) => {
    diagnosed.push(letter);
    return 'stays';
  });
  return diagnosed;
}

export interface Redriven {
  readonly letter: Diagnosed;
  readonly outcome: 'redriven' | 'left' | 'would be redriven';
}

export interface RedriveOptions extends Selection {
  /** Poison too: after an upgrade, or a mended log. */
  readonly poison?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (redriven: Redriven) => void;
}

/**
 * Sends dead letters to the queues that they came from. Sent first, removed then: a crash in between leaves a
 * message twice, which the handlers bear, and never none.
 */
export async function redrive(office: DeadLetterOffice, options: RedriveOptions): Promise<Redriven[]> {
  const done: Redriven[] = [];
  await visit(office, options, async (letter) => {
    const wanted = (letter.kind === 'transient' || options.poison === true) && !options.signal?.aborted;
    const outcome = !wanted ? 'left' : options.dryRun ? 'would be redriven' : 'redriven';
    if (outcome === 'redriven') {
      await office.queues.resend(letter);
      await office.queues.remove(letter);
    }
    done.push({ letter, outcome });
    options.onProgress?.({ letter, outcome });
    return outcome === 'redriven' ? 'gone' : 'stays';
  });
  return done;
}

async function visit(
  office: DeadLetterOffice,
  { queue, messageIds, limit }: Selection,
  each: (letter: Diagnosed) => Promise<'stays' | 'gone'>,
): Promise<void> {
  const names = queue === undefined ? QUEUE_NAMES : [queue];
  const queues = await Promise.all(names.map((name) => office.queues.take(name, limit)));
  for (const letters of queues) {
    const taken = new Map(letters.map((letter) => [letter.messageId, letter]));
    try {
      for (const letter of [...taken.values()]) {
        if (messageIds && !messageIds.includes(letter.messageId)) continue;
        const after = await each({ ...letter, ...(await diagnose(office, letter)) });
        if (after === 'gone') taken.delete(letter.messageId);
      }
    } finally {
      await Promise.all([...taken.values()].map((letter) => office.queues.release(letter)));
    }
  }
}
