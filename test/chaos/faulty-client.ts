import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { Instrument } from '@penumbra/functions/composition';
import {
  type Answer,
  aroundAttempts,
  aroundCalls,
  attemptOf,
  type Next,
  type Request,
} from '../support/sdk-middleware.ts';
import { deleteBadly, sendBadly } from './faulty-messages.ts';
import { errorOf, InjectedError } from './injected-errors.ts';
import { Crash, type Delivery, invocation } from './invocation.ts';
import { MOST_FAULTY_RECEIVES } from './names.ts';
import type { Plan } from './plan.ts';
import { withPlannedEnd } from './planned-end.ts';
import { type Described, describeRequest, subjectOf } from './requests.ts';
import type { OperationName } from './seams.ts';
import type { Tell } from './tell.ts';

export interface FaultyClientOptions {
  readonly plan: Plan;
  readonly tell: Tell;
  /** Messages that are being handled, by receipt handle: what a delete is about. */
  readonly inFlight: ReadonlyMap<string, Delivery>;
  /** Does as another worker would that was first: puts this item, where there is none yet. */
  readonly putAsRival: (item: Record<string, unknown>) => Promise<void>;
}

/** Makes every request of a client one that may fail, as the plan has it. Requests outside of invocations pass. */
export function faultyClient(options: FaultyClientOptions): Instrument {
  let receives = 0;
  return (client) => {
    aroundCalls(client, 'chaosOfCalls', (next, { commandName = '' }) => (request) => {
      if (commandName.startsWith('CreateTransformJob')) return next(withPlannedEnd(request, options.plan));
      if (commandName.startsWith('SendMessageBatch')) return sendBadly(request, next, options);
      if (commandName.startsWith('DeleteMessageBatch')) return deleteBadly(request, next, options);
      return next(request);
    });
    aroundAttempts(client, 'chaosOfAttempts', (send, { commandName = '' }) => async (request) => {
      if (invocation.getStore()?.crashed) throw new Crash('the invocation died before this');
      const described = describeRequest(commandName, request.input);
      if (!described) return send(request);
      const { operation, key } = described;
      const next = operation === 'append' ? tellingOfAppends(send, options.tell) : send;
      const words: (string | number)[] = [key, attemptOf(request)];
      if (operation === 'receive') {
        receives += 1;
        words.push(receives);
      } else {
        const delivery = deliveryFor(described, request, options);
        if (!delivery || delivery.receiveCount > MOST_FAULTY_RECEIVES) return next(request);
        words.push(delivery.identity, delivery.receiveCount);
      }
      const kind = options.plan.fault(operation, ...words);
      if (kind === undefined) return next(request);
      const place = operation === 'receive' ? `${key} ${receives}` : key;
      if (!options.tell.mayHappen(`${operation}: ${kind}`, place)) return next(request);
      return failAs(kind, { operation, request, next, options });
    });
    return client;
  };
}

function tellingOfAppends(next: Next, tell: Tell): Next {
  return async (request) => {
    const answer = await next(request);
    const { eventId, at } = request.input.Item as Readonly<Record<string, { readonly S?: string }>>;
    await tell.appended(eventId?.S ?? '', at?.S ?? '');
    return answer;
  };
}

/** Of a batch, the message that this request is made for. */
function deliveryFor(
  described: Described,
  { input }: Request,
  { inFlight }: FaultyClientOptions,
): Delivery | undefined {
  if (described.operation === 'delete') {
    const handles = (input.Entries as { ReceiptHandle: string }[]).map(({ ReceiptHandle }) => ReceiptHandle);
    return handles.map((handle) => inFlight.get(handle)).sort((a, b) => received(b) - received(a))[0];
  }
  const deliveries = invocation.getStore()?.deliveries ?? [];
  const most = Math.max(...deliveries.map(received));
  const { deployment, date } = subjectOf(described);
  const own = deliveries.find(
    ({ subject }) => subject.deployment === deployment && (subject.date ?? subject.landed) === date,
  );
  const chosen = own ?? deliveries[0];
  // A crash makes the whole batch come back, so the message of the batch that came most often decides.
  return chosen && { ...chosen, receiveCount: most };
}

const received = (delivery: Delivery | undefined): number => delivery?.receiveCount ?? 0;

interface Failing {
  readonly operation: OperationName;
  readonly request: Request;
  readonly next: Next;
  readonly options: FaultyClientOptions;
}

async function failAs(kind: string, { operation, request, next, options }: Failing): Promise<Answer> {
  const hit = () => options.tell.fault(`${operation}: ${kind}`);
  switch (kind) {
    case 'crash before':
      await hit();
      throw crash();
    case 'crash after':
      await next(request);
      await hit();
      throw crash();
    case 'timeout after':
    case '500 after': {
      const { output } = await next(request);
      // A poll that found nothing loses nothing.
      if (operation === 'receive' && !(output.Messages as unknown[] | undefined)?.length)
        throw errorOf(operation, kind);
      await hit();
      throw errorOf(operation, kind);
    }
    case 'somebody was first':
      await hit();
      await options.putAsRival(request.input.Item as Record<string, unknown>);
      return next(request);
    case 'cut off in the body':
      await hit();
      return cutOff(await next(request));
    default:
      await hit();
      throw errorOf(operation, kind);
  }
}

/** The invocation ends here. A poller is a service of AWS and has no invocation: to it this is one more error. */
function crash(): Crash {
  const run = invocation.getStore();
  if (run) run.crashed = true;
  return new Crash('the process died here (injected)');
}

/** The connection is lost in the middle of an object. */
async function cutOff({ output, response }: Answer): Promise<Answer> {
  const bytes = await buffer(output.Body as Readable);
  async function* half() {
    yield bytes.subarray(0, Math.floor(bytes.length / 2));
    throw new InjectedError('Error', 'aborted');
  }
  return { response, output: { ...output, Body: Readable.from(half(), { objectMode: false }) } };
}
