import { UnreadableEvent } from '@penumbra/core/codec';
import type { QueueName } from '@penumbra/core/pipeline/messages';
import { PoisonMessage } from './decode-message.ts';

/** poison: no repeat can help, the message or a stored event cannot be read. transient: a repeat may help. */
export type FailureKind = 'poison' | 'transient';

/** Why a message failed the last time: SQS moves it to the dead letters without a word. */
export interface FailureNote {
  readonly queue: QueueName;
  readonly messageId: string;
  readonly kind: FailureKind;
  readonly reason: string;
  /** ISO 8601 in UTC. */
  readonly at: string;
  readonly receiveCount: number;
}

export interface FailureNotes {
  /** Keeps the latest failure of a message. */
  write(note: FailureNote): Promise<void>;
  read(queue: QueueName, messageId: string): Promise<FailureNote | undefined>;
}

/** Longest reason that is kept, in characters. */
const LONGEST = 2000;

export function failureKind(error: unknown): FailureKind {
  return error instanceof PoisonMessage || error instanceof UnreadableEvent ? 'poison' : 'transient';
}

/** An error in a sentence, its causes too. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error).slice(0, LONGEST);
  const own = error.name === 'Error' ? error.message : `${error.name}: ${error.message}`;
  const cause = error.cause === undefined ? '' : `, because of ${reasonOf(error.cause)}`;
  return `${own}${cause}`.slice(0, LONGEST);
}
