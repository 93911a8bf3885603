import type { History } from '@penumbra/core/history';

/** What the API refused or could not do, in words for people. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly remedy: string;

  constructor(status: number, detail: string, remedy: string) {
    super(detail);
    this.status = status;
    this.remedy = remedy;
  }
}

/** Keys live here: gone with the page. */
const keys: { read?: string; command?: string } = {};

export const rememberReadKey = (key: string) => {
  keys.read = key;
};
export const rememberCommandKey = (key: string) => {
  keys.command = key;
};
export const forgetCommandKey = () => {
  delete keys.command;
};
export const hasCommandKey = () => keys.command !== undefined;

const at = (path: string) => `v1/deployments${path}`;

async function send(path: string, init: RequestInit, key = keys.read ?? keys.command): Promise<Response> {
  const headers = new Headers(init.headers);
  if (key !== undefined) headers.set('Authorization', `Bearer ${key}`);
  const response = await fetch(path, { ...init, headers }).catch(() => undefined);
  if (response) return response;
  throw new ApiProblem(0, 'Nothing answers at this address', 'Is penumbra serve still running?');
}

async function bodyOf<Answer>(response: Response): Promise<Answer> {
  const body = await response.json().catch(() => ({}));
  if (response.ok) return body as Answer;
  const { detail = `The API answered ${response.status}`, remedy = 'Try again in a moment' } = body;
  throw new ApiProblem(response.status, detail, remedy);
}

/**
 * Asks the API on this page's own origin.
 *
 * @throws {ApiProblem} with status 0 where nothing answers.
 */
const ask = async <Answer>(path: string, init: RequestInit = {}, key?: string): Promise<Answer> =>
  bodyOf(await send(path, init, key));

/** The last large answer, and the tag that it came with. */
let kept: { readonly path: string; readonly etag: string; readonly answer: unknown } | undefined;

/** Asks for what is large and seldom changes: where it has not, the very same object is answered again. */
async function askAgain<Answer>(path: string, init: RequestInit): Promise<Answer> {
  const known = kept?.path === path ? kept : undefined;
  const response = await send(path, known ? { ...init, headers: { 'If-None-Match': known.etag } } : init);
  if (known && response.status === 304) return known.answer as Answer;
  const answer = await bodyOf<Answer>(response);
  const etag = response.headers.get('ETag');
  kept = etag === null ? undefined : { path, etag, answer };
  return answer;
}

/** Where on AWS jobs and files are. */
export interface Resources {
  readonly region: string;
  readonly bucket: string;
}

/** A history, whether it is of a trial, which served nobody, and where its jobs and files are if it is none. */
export type ServedHistory = History & { readonly simulated: boolean; readonly resources?: Resources };

/** Names of all deployments. */
export const listDeployments = async (): Promise<string[]> =>
  (await ask<{ deployments: { deployment: string }[] }>('v1/deployments')).deployments.map(
    ({ deployment }) => deployment,
  );

/** A deployment's history, as it was known with a review; by default the last one. */
export const readHistory = (
  deployment: string,
  asOf: string | null,
  signal?: AbortSignal,
): Promise<ServedHistory> =>
  askAgain(at(`/${deployment}/history${asOf === null ? '' : `?asOf=${asOf}`}`), signal ? { signal } : {});

/** An event of the log. */
export interface LogEvent {
  readonly eventId: string;
  readonly stream: string;
  readonly version: number;
  readonly at: string;
  readonly actor: { readonly kind: string; readonly name: string };
  readonly causationId: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Events of one stream, in order, from the one after version `after` on. */
export async function readEvents(
  deployment: string,
  stream: string,
  after = 0,
  limit = 100,
): Promise<LogEvent[]> {
  const digits = stream === 'rollout' ? 6 : 4;
  const from = after > 0 ? `&after=${stream}/${String(after).padStart(digits, '0')}` : '';
  const path = at(`/${deployment}/events?stream=${stream}&limit=${limit}${from}`);
  return (await ask<{ events: LogEvent[] }>(path)).events;
}

/** Numbers of the metric states of some days; those that the page shows. */
export interface MetricsAnswer {
  readonly dates: readonly string[];
  readonly overall: {
    readonly labelled: number;
    readonly classification: {
      readonly auc: number | null;
      readonly brier: number;
      readonly confusion: {
        readonly challenger: { readonly truePositive: number; readonly falseNegative: number };
      };
    } | null;
  };
}

/** What the mature days of a range of dates come to, 100 dates at most. */
export const readMetrics = (deployment: string, from: string, to: string): Promise<MetricsAnswer> =>
  ask(at(`/${deployment}/metrics?from=${from}&to=${to}`));

export interface ServedNumbers {
  readonly opened: string | null;
  readonly complete: string | null;
  readonly percent: number;
  readonly rollbacks: number;
  readonly records: number;
  readonly money: number;
  readonly harm: number;
}

export interface BacktestAnswer {
  readonly currency: string;
  readonly slices: readonly {
    readonly slice: string;
    readonly recorded: ServedNumbers;
    readonly other: ServedNumbers;
  }[];
  readonly differences: readonly unknown[];
}

/** The recorded evidence under another policy. */
export const readBacktest = (deployment: string, policy: object): Promise<BacktestAnswer> =>
  ask(at(`/${deployment}/backtest?policy=${encodeURIComponent(JSON.stringify(policy))}`));

/** What a person tells the rollout to do; every command has a reason. */
export type Command =
  | { readonly name: 'pause' | 'resume' }
  | { readonly name: 'approve'; readonly slice: string; readonly stage: number }
  | { readonly name: 'override'; readonly slice: string | null };

/** Gives a command, with the command key; answers the id of the event that records it. */
export async function command(
  deployment: string,
  { name, ...rest }: Command,
  reason: string,
): Promise<string> {
  const init = {
    method: 'POST',
    body: JSON.stringify({ ...rest, reason }),
    headers: { 'Content-Type': 'application/json' },
  };
  const answer = await ask<{ event: { eventId: string } }>(at(`/${deployment}/${name}`), init, keys.command);
  return answer.event.eventId;
}
