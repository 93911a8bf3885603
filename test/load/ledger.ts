import { AsyncLocalStorage } from 'node:async_hooks';
import type { Instrument } from '@penumbra/functions/composition';
import { type Answer, aroundAttempts, aroundCalls, type Request } from '../support/sdk-middleware.ts';

/** What the requests of one kind came to. */
export interface Tally {
  calls: number;
  /** Of the bodies, there and back. */
  bytesSent: number;
  bytesReceived: number;
  /** DynamoDB's units, as its answer states them. */
  readUnits: number;
  writeUnits: number;
}

export interface Entry extends Tally {
  /** The queue, or the schedule, whose handler asked. */
  readonly step: string;
  readonly service: string;
  /** As the SDK names it, without "Command". */
  readonly operation: string;
}

/** Every request that is made within a step, counted by step and operation; what else a process asks is not. */
export interface Ledger {
  readonly instrument: Instrument;
  /** Counts what `work` asks for as that of a step. */
  within<Value>(step: string, work: () => Promise<Value>): Promise<Value>;
  entries(): readonly Entry[];
  /** Requests that no step may make: a scan, or a list that does not begin at a deployment. */
  readonly forbidden: readonly string[];
  /** The largest item that was put, in bytes of its request. */
  readonly largestItem: { readonly bytes: number; readonly key: string };
  clear(): void;
}

const empty = (): Tally => ({ calls: 0, bytesSent: 0, bytesReceived: 0, readUnits: 0, writeUnits: 0 });

export function ledger(): Ledger {
  const running = new AsyncLocalStorage<string>();
  const byKind = new Map<string, Entry>();
  const forbidden: string[] = [];
  let largestItem = { bytes: 0, key: '' };

  function tally(step: string, service: string, operation: string): Entry {
    const key = `${step} ${service} ${operation}`;
    const entry = byKind.get(key) ?? { step, service, operation, ...empty() };
    byKind.set(key, entry);
    return entry;
  }

  const instrument: Instrument = (client) => {
    const service = client.constructor.name.replace(/Client$/, '');
    aroundCalls(client, 'ledgerOfCapacity', (next) => (request) => {
      // What an operation costs is said only where it is asked for.
      if (service !== 'DynamoDB' || !running.getStore()) return next(request);
      return next({ ...request, input: { ...request.input, ReturnConsumedCapacity: 'TOTAL' } });
    });
    aroundAttempts(client, 'ledger', (send, { commandName = '' }) => async (request) => {
      const step = running.getStore();
      const answer = await send(request);
      if (step === undefined) return answer;
      const operation = commandName.replace(/Command$/, '');
      const entry = tally(step, service, operation);
      const sent = bytesOf(request);
      entry.calls += 1;
      entry.bytesSent += sent;
      entry.bytesReceived += bytesReceived(answer);
      const units = capacityOf(answer);
      if (operation === 'PutItem' || operation === 'UpdateItem') entry.writeUnits += units;
      else entry.readUnits += units;
      if (operation === 'PutItem' && sent > largestItem.bytes)
        largestItem = { bytes: sent, key: keyOf(request) };
      if (isForbidden(operation, request))
        forbidden.push(`${step}: ${operation} ${request.input.Prefix ?? ''}`);
      return answer;
    });
    return client;
  };
  return {
    instrument,
    within: (step, work) => running.run(step, work),
    entries: () => [...byKind.values()],
    forbidden,
    get largestItem() {
      return largestItem;
    },
    clear: () => byKind.clear(),
  };
}

/** A list begins at the folder of a deployment; no step knows of the root, or of other deployments. */
const isForbidden = (operation: string, { input }: Request): boolean =>
  operation === 'Scan' ||
  (operation === 'ListObjectsV2' && !/^[^/]+\/[^/]+\//.test(String(input.Prefix ?? '')));

function bytesOf({ request }: Request): number {
  const { body } = (request ?? {}) as { body?: unknown };
  if (typeof body === 'string') return Buffer.byteLength(body);
  if (body instanceof Uint8Array) return body.byteLength;
  return Number(request?.headers?.['content-length'] ?? 0);
}

function bytesReceived({ response, output }: Answer): number {
  const { headers = {} } = (response ?? {}) as { headers?: Record<string, string> };
  return Number(headers['content-length'] ?? output.ContentLength ?? 0);
}

function capacityOf({ output }: Answer): number {
  const { CapacityUnits = 0 } = (output.ConsumedCapacity ?? {}) as { CapacityUnits?: number };
  return CapacityUnits;
}

function keyOf({ input }: Request): string {
  const { deployment, event } = input.Item as Record<string, { readonly S?: string }>;
  return `${deployment?.S}/${event?.S}`;
}

/** Tallies added up, by a name that each entry has. */
export function sumBy(entries: readonly Entry[], nameOf: (entry: Entry) => string): Map<string, Tally> {
  const sums = new Map<string, Tally>();
  for (const entry of entries) {
    const name = nameOf(entry);
    const sum = sums.get(name) ?? empty();
    sum.calls += entry.calls;
    sum.bytesSent += entry.bytesSent;
    sum.bytesReceived += entry.bytesReceived;
    sum.readUnits += entry.readUnits;
    sum.writeUnits += entry.writeUnits;
    sums.set(name, sum);
  }
  return sums;
}
