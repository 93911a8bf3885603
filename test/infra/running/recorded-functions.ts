import { Writable } from 'node:stream';
import { QUEUE_NAMES, type QueueName } from '@penumbra/core/pipeline/messages';
import { createApi } from '@penumbra/functions/api/app';
import { lambdaHandler } from '@penumbra/functions/api/lambda';
import { composeApi } from '@penumbra/functions/api-composition';
import { compose } from '@penumbra/functions/composition';
import { composeWithoutReader } from '@penumbra/functions/composition-without-reader';
import { observability } from '@penumbra/functions/observability';
import type { Instrument } from '@penumbra/functions/pipeline-composition';
import { queueHandler } from '@penumbra/functions/queue-handler';
import { reviewHandler } from '@penumbra/functions/review-handler';
import { sweepHandler } from '@penumbra/functions/sweep-handler';
import { type IamRequest, requestsOf } from '../iam/request.ts';

type Environments = Readonly<Record<string, Readonly<Record<string, string>>>>;
// biome-ignore lint/suspicious/noExplicitAny: each function has its own event and answer.
type Handler = (event: any, context?: any) => Promise<any>;

/** What a function asked of AWS. */
export interface Recorded {
  readonly of: string;
  readonly request: IamRequest;
}

/** Answers an error instead of sending the command, or nothing. */
export type Refuse = (command: string, of: string) => Error | undefined;

interface Stacked {
  readonly middlewareStack: {
    add(
      middleware: (
        next: (args: { input: object }) => Promise<unknown>,
        context: { commandName?: string },
      ) => (args: { input: object }) => Promise<unknown>,
      options: { step: 'initialize'; name: string },
    ): void;
  };
}

/** Records what the clients of a function send, in the SDK's own words. */
export function recorder(of: string, recorded: Recorded[], refuse: Refuse = () => undefined): Instrument {
  return (client) => {
    const { middlewareStack } = client as unknown as Stacked;
    middlewareStack.add(
      (next, { commandName = '' }) =>
        async (args) => {
          for (const request of requestsOf(commandName, args.input)) recorded.push({ of, request });
          const refusal = refuse(commandName, of);
          if (refusal) throw refusal;
          return next(args);
        },
      { step: 'initialize', name: 'recorder' },
    );
    return client;
  };
}

const CONSUMERS: Readonly<Record<QueueName, string>> = {
  'partition-ready': 'submit',
  'transform-submitted': 'watch',
  'transform-complete': 'complete',
  'outcomes-landed': 'evaluate',
};

/** The functions of a stage in this process, wired as `handlers/` wires them, with a clock and a recorder. */
export function recordedFunctions(
  environments: Environments,
  now: () => string,
  refuse: Refuse,
): { readonly handlers: Readonly<Record<string, Handler>>; readonly recorded: readonly Recorded[] } {
  const recorded: Recorded[] = [];
  const sink = new Writable({ write: (_chunk, _encoding, done) => done() });
  const instrument = (name: string) => recorder(name, recorded, refuse);
  const composed = (name: string) => {
    const make = name === 'submit' || name === 'evaluate' ? compose : composeWithoutReader;
    return make(environments[name] ?? {}, now, instrument(name));
  };
  const queues = QUEUE_NAMES.map((queue): [string, Handler] => {
    const name = CONSUMERS[queue];
    const { pipeline, deadLetters } = composed(name);
    return [name, queueHandler(queue, pipeline, observability(name, sink), deadLetters.notes)];
  });
  const http = ['read', 'feedback', 'command'].map((name): [string, Handler] => {
    const { ports, settings } = composeApi(environments[name] ?? {}, instrument(name));
    const onFailure = ({ error }: { error: Error }) => {
      throw error;
    };
    return [name, lambdaHandler(createApi({ ...ports, now, onFailure }, settings)) as Handler];
  });
  const reviewing = composed('review');
  const sweeping = composed('sweep');
  return {
    recorded,
    handlers: {
      ...Object.fromEntries([...queues, ...http]),
      review: reviewHandler(reviewing.pipeline, reviewing.announcements, observability('review', sink)),
      sweep: sweepHandler(sweeping.pipeline, sweeping.announcements, observability('sweep', sink)),
    },
  };
}
