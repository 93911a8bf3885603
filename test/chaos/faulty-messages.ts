import type { Answer, Next, Request } from '../support/sdk-middleware.ts';
import { chosen } from './chosen.ts';
import { type Delivery, invocation, type Subject } from './invocation.ts';
import { MOST_FAULTY_RECEIVES } from './names.ts';
import type { Plan } from './plan.ts';
import { bodyWithoutCause, type Entry, entriesOf } from './requests.ts';
import { REFUSED_DELETE, SENT } from './seams.ts';
import type { Tell } from './tell.ts';

/** Longest delay of a message, in seconds: a quota that is used up is waited for in minutes, and not here. */
const LONGEST_DELAY = 1;

interface Chaos {
  readonly plan: Plan;
  readonly tell: Tell;
  readonly inFlight: ReadonlyMap<string, Delivery>;
}

/** Sends a batch of which some messages are dropped, doubled, late, or refused by the queue. */
export async function sendBadly(request: Request, next: Next, { plan, tell }: Chaos): Promise<Answer> {
  const deliveries = invocation.getStore()?.deliveries ?? [];
  const [first] = deliveries;
  const receiveCount = Math.max(...deliveries.map((delivery) => delivery.receiveCount));
  const taken: Entry[] = [];
  const copies: Entry[] = [];
  const refused: Entry[] = [];
  for (const entry of entriesOf(request.input)) {
    const body = bodyWithoutCause(entry);
    const drawn = plan.draw('sent', body, first?.identity ?? '', receiveCount);
    const fate = !first || receiveCount > MOST_FAULTY_RECEIVES ? undefined : chosen(SENT, drawn);
    const happens = fate !== undefined && tell.mayHappen(`sent: ${fate}`, body);
    if (happens) await tell.fault(`sent: ${fate}`);
    if (happens && fate === 'dropped') {
      await tell.dropped(JSON.parse(entry.MessageBody) as Subject);
      continue;
    }
    if (happens && fate === 'refused') {
      refused.push(entry);
      continue;
    }
    const late = happens && fate === 'delayed';
    const kept = {
      ...entry,
      DelaySeconds: late ? LONGEST_DELAY : Math.min(entry.DelaySeconds ?? 0, LONGEST_DELAY),
    };
    taken.push(kept);
    if (happens && fate === 'repeated') copies.push(kept);
  }
  const send = (entries: readonly Entry[]) =>
    next({ ...request, input: { ...request.input, Entries: entries } });
  if (copies.length > 0) await send(copies);
  const answer = taken.length > 0 ? await send(taken) : ACCEPTED;
  return withFailed(answer, refused);
}

/** Deletes a batch of which the queue refuses to delete one message. */
export async function deleteBadly(
  request: Request,
  next: Next,
  { plan, tell, inFlight }: Chaos,
): Promise<Answer> {
  const entries = request.input.Entries as { readonly Id: string; readonly ReceiptHandle: string }[];
  const refused = entries.filter(({ ReceiptHandle }) => {
    const delivery = inFlight.get(ReceiptHandle);
    if (!delivery || delivery.receiveCount > MOST_FAULTY_RECEIVES) return false;
    const drawn = plan.draw('refused', delivery.identity, delivery.receiveCount);
    return drawn < REFUSED_DELETE && tell.mayHappen('delete: refused', delivery.identity);
  });
  for (const _ of refused) await tell.fault('delete: refused');
  const rest = entries.filter((entry) => !refused.includes(entry));
  const answer =
    rest.length > 0 ? await next({ ...request, input: { ...request.input, Entries: rest } }) : ACCEPTED;
  return withFailed(answer, refused);
}

const ACCEPTED: Answer = { response: undefined, output: { $metadata: {}, Successful: [], Failed: [] } };

function withFailed({ output, response }: Answer, refused: readonly { readonly Id: string }[]): Answer {
  const failed = refused.map(({ Id }) => ({ Id, Code: 'InternalError', SenderFault: false }));
  return { response, output: { ...output, Failed: [...((output.Failed as object[]) ?? []), ...failed] } };
}
