import { type SqsMessage, type SqsQueue, SqsStore } from './fauxqs-internals.ts';
import { openJournal } from './journal.ts';

type Entry =
  | { op: 'queue'; name: string; arn: string; attributes: Record<string, string> }
  | { op: 'queueDeleted'; name: string }
  | { op: 'send'; queue: string; message: SqsMessage }
  | { op: 'receive'; id: string; count: number; first: number | undefined }
  | { op: 'delete'; id: string }
  | { op: 'purge'; queue: string };

type Undeleted = { queue: string; message: SqsMessage };

export type DurableSqsStore = {
  store: SqsStore;
  /** Makes the queues of earlier runs again, under URLs of this run, with all that was sent and not deleted. */
  restore(urlOf: (name: string) => string): void;
  close(): void;
};

/**
 * fauxqs' SQS with a journal. Whatever was sent and not deleted is there after a restart; what was in flight
 * is visible again at once, as if its visibility timeout had ended, and keeps its receive count.
 */
export function createSqsStore(journalPath: string): DurableSqsStore {
  const queues = new Map<string, { arn: string; attributes: Record<string, string> }>();
  const undeleted = new Map<string, Undeleted>();
  const journal = openJournal<Entry>(journalPath, apply, snapshot);
  // Dead once restored: from here on the queues themselves know what they hold.
  let recording = false;

  function apply(entry: Entry): void {
    if (entry.op === 'queue') queues.set(entry.name, entry);
    else if (entry.op === 'queueDeleted') {
      queues.delete(entry.name);
      purge(entry.name);
    } else if (entry.op === 'send') {
      // Moving to a dead-letter queue is a second send of the same message: the last one tells where it is.
      undeleted.delete(entry.message.messageId);
      undeleted.set(entry.message.messageId, { queue: entry.queue, message: entry.message });
    } else if (entry.op === 'receive') {
      const message = undeleted.get(entry.id)?.message;
      if (!message) return;
      message.approximateReceiveCount = entry.count;
      if (entry.first !== undefined) message.approximateFirstReceiveTimestamp = entry.first;
    } else if (entry.op === 'delete') undeleted.delete(entry.id);
    else purge(entry.queue);
  }

  function purge(queue: string): void {
    for (const [id, held] of undeleted) if (held.queue === queue) undeleted.delete(id);
  }

  function* snapshot(): Iterable<Entry> {
    for (const [name, { arn, attributes }] of queues) yield { op: 'queue', name, arn, attributes };
    for (const { queue, message } of undeleted.values()) yield { op: 'send', queue, message };
  }

  function record(...entries: Entry[]): void {
    if (recording) journal.append(...entries);
  }

  const store = new SqsStore();
  // With a host of its own, fauxqs would build queue URLs out of names that only its own DNS trick resolves.
  store.host = '';
  const createQueue = store.createQueue.bind(store);
  store.createQueue = (name, url, arn, attributes, tags) => {
    record({ op: 'queue', name, arn, attributes: attributes ?? {} });
    return journaled(createQueue(name, url, arn, attributes, tags), record);
  };
  const deleteQueue = store.deleteQueue.bind(store);
  store.deleteQueue = (url) => {
    const name = store.getQueue(url)?.name;
    if (name) record({ op: 'queueDeleted', name });
    return deleteQueue(url);
  };

  return {
    store,
    restore(urlOf) {
      for (const [name, { arn, attributes }] of queues) store.createQueue(name, urlOf(name), arn, attributes);
      for (const { queue, message } of undeleted.values()) store.getQueueByName(queue)?.enqueue(message);
      queues.clear();
      undeleted.clear();
      recording = true;
    },
    close: () => journal.close(),
  };
}

function journaled(queue: SqsQueue, record: (...entries: Entry[]) => void): SqsQueue {
  const { enqueue, dequeue, deleteMessage, purge, setAttributes } = bound(queue);
  queue.enqueue = (message) => {
    record({ op: 'send', queue: queue.name, message });
    enqueue(message);
  };
  queue.dequeue = (...options) => {
    const received = dequeue(...options);
    record(
      ...received.flatMap(({ ReceiptHandle }): Entry[] => {
        const message = queue.inflightMessages.get(ReceiptHandle)?.message;
        if (!message) return [];
        const {
          messageId: id,
          approximateReceiveCount: count,
          approximateFirstReceiveTimestamp: first,
        } = message;
        return [{ op: 'receive', id, count, first }];
      }),
    );
    return received;
  };
  queue.deleteMessage = (receiptHandle) => {
    const id = queue.inflightMessages.get(receiptHandle)?.message.messageId;
    if (id) record({ op: 'delete', id });
    return deleteMessage(receiptHandle);
  };
  queue.purge = () => {
    record({ op: 'purge', queue: queue.name });
    purge();
  };
  queue.setAttributes = (attributes) => {
    setAttributes(attributes);
    record({ op: 'queue', name: queue.name, arn: queue.arn, attributes: queue.attributes });
  };
  return queue;
}

function bound(queue: SqsQueue) {
  return {
    enqueue: queue.enqueue.bind(queue),
    dequeue: queue.dequeue.bind(queue),
    deleteMessage: queue.deleteMessage.bind(queue),
    purge: queue.purge.bind(queue),
    setAttributes: queue.setAttributes.bind(queue),
  };
}
