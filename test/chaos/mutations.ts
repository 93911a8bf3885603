import type { Pipeline } from '@penumbra/core/pipeline/ports';
import { PROJECTIONS } from '@penumbra/functions/aws/dynamo-event-log';
import type { Instrument } from '@penumbra/functions/composition';
import { aroundCalls } from '../support/sdk-middleware.ts';
import { invocation } from './invocation.ts';
import type { Aim } from './plan.ts';

/** Rules of the design, each of which the chaos must miss when it is gone, with the fault that each is there for. */
export const MUTATIONS = {
  'unconditional-append': { operation: 'append', kind: 'somebody was first' },
  // An event of the transform would get a day on that nobody watches.
  'send-only-after-append': { operation: 'send', kind: 'crash before', eventsLost: true },
  'random-job-name': { operation: 'submit', kind: 'crash after' },
} as const satisfies Record<string, Aim>;
export type Mutation = keyof typeof MUTATIONS;

/** A log that overwrites: the put without its condition. */
export const unconditional: Instrument = (client) => {
  aroundCalls(client, 'unconditionalPut', (next, { commandName = '' }) => (request) => {
    const { Item } = request.input as { Item?: { event?: string } };
    if (!commandName.startsWith('Put') || !Item?.event || Item.event.startsWith(PROJECTIONS))
      return next(request);
    const {
      ConditionExpression: _,
      ExpressionAttributeNames: __,
      ExpressionAttributeValues: ___,
      ...input
    } = request.input;
    return next({ ...request, input });
  });
  return client;
};

/** The pipeline with one rule taken out. */
export function mutated(pipeline: Pipeline, mutation: Mutation | undefined, worker: string): Pipeline {
  switch (mutation) {
    case 'send-only-after-append':
      return sendOnlyAfterAppend(pipeline);
    case 'random-job-name':
      return withChangingJobNames(pipeline, worker);
    default:
      return pipeline;
  }
}

/** The steps that send what the state calls for send only where they appended: the classic mistake. */
function sendOnlyAfterAppend(pipeline: Pipeline): Pipeline {
  const appended = new WeakMap<object, Set<string>>();
  return {
    ...pipeline,
    log: {
      ...pipeline.log,
      async append(event) {
        const result = await pipeline.log.append(event);
        const run = invocation.getStore();
        if (run && result === 'appended') {
          appended.set(
            run,
            (appended.get(run) ?? new Set<string>()).add(`${event.deployment}/${event.stream}`),
          );
        }
        return result;
      },
    },
    queues: {
      async send(messages, delaySeconds) {
        const run = invocation.getStore();
        const step = run?.deliveries[0]?.queue;
        const follows = step === 'partition-ready' || step === 'transform-complete';
        const isNew = messages.every(
          ({ body }) =>
            'date' in body && run && appended.get(run)?.has(`${body.deployment}/day/${body.date}`),
        );
        if (!follows || isNew) await pipeline.queues.send(messages, delaySeconds);
      },
    },
  };
}

/** Another name for each submission, as a name with a random part would give. */
function withChangingJobNames(pipeline: Pipeline, worker: string): Pipeline {
  let names = 0;
  return {
    ...pipeline,
    get jobNamePrefix() {
      names += 1;
      return `${pipeline.jobNamePrefix}-${worker}x${names}`;
    },
  };
}
