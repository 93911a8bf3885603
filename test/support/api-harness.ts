import { type Definition, parseDefinition } from '@penumbra/core/definition';
import { register } from '@penumbra/core/pipeline/register';
import { review } from '@penumbra/core/pipeline/review';
import type { RolloutReview } from '@penumbra/core/rollout-events';
import { exampleInput } from '@penumbra/core/testing/example-definition';
import { inMemoryPipeline } from '@penumbra/core/testing/in-memory-pipeline';
import { move, reviewOf } from '@penumbra/core/testing/rollout-examples';
import { createApi } from '@penumbra/functions/api/app';
import type { Caller } from '@penumbra/functions/api/caller';
import { type AccessKey, sha256 } from '@penumbra/functions/api/keyring';
import type { ApiPorts, ApiSettings, Failure } from '@penumbra/functions/api/settings';
import { checkOfrep } from './ofrep-rules.ts';
import { type OpenApiDocument, openApiCheck } from './openapi-check.ts';

export const READ_KEY = 'read-0123456789abcdef0123456789abcdef';
export const FEEDBACK_KEY = 'feedback-0123456789abcdef0123456789abcdef';
export const COMMAND_KEY = 'command-0123456789abcdef0123456789abcdef';

export const keyOf = (name: string, access: AccessKey['access'], key: string): AccessKey => ({
  name,
  access,
  sha256: sha256(key).toString('hex'),
});

export const KEYS = [
  keyOf('checkout', 'read', READ_KEY),
  keyOf('checkout-feedback', 'feedback', FEEDBACK_KEY),
  keyOf('ada', 'command', COMMAND_KEY),
];

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; undefined where there is none. */
  readonly json: Json;
}
export type Json = ReturnType<typeof JSON.parse>;

export interface Asked {
  readonly method?: string;
  readonly body?: unknown;
  readonly key?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly caller?: Partial<Caller>;
}

/** The description and its check: made once, because every API describes itself alike. */
let described: Promise<{ openApi: OpenApiDocument; check: ReturnType<typeof openApiCheck> }> | undefined;

export type ApiHarness = Awaited<ReturnType<typeof apiHarness>>;

/**
 * The API over the pipeline in memory. Every answer is checked on its way: against the API's own OpenAPI document,
 * and those of evaluations against OFREP's rules too.
 */
export async function apiHarness(
  settings: Partial<ApiSettings> = {},
  ports: (real: ApiPorts) => Partial<ApiPorts> = () => ({}),
) {
  let nextReview: (asOf: string) => RolloutReview = reviewOf;
  const memory = inMemoryPipeline({ review: (_, __, asOf) => nextReview(asOf) });
  const { pipeline } = memory;
  const failures: Failure[] = [];
  const clock = { now: '2001-03-01T06:00:00.000Z' };
  const real: ApiPorts = {
    log: pipeline.log,
    rollouts: pipeline.rollouts,
    documents: pipeline.documents,
    deployments: pipeline.deployments,
    exposures: pipeline.exposures,
    now: () => clock.now,
    readObject: async (key) => new TextEncoder().encode(memory.objects.text(key)),
    onFailure: (failure) => failures.push(failure),
  };
  const api = createApi({ ...real, ...ports(real) }, { keys: KEYS, documentLifeMs: 0, ...settings });
  const fetchApi = (path: string, init: RequestInit, caller: Partial<Caller> = {}) =>
    api.fetch(new Request(`http://penumbra.test${path}`, init), { address: '192.0.2.1', ...caller });
  described ??= fetchApi('/openapi.json', {}).then(async (response) => {
    const openApi = (await response.json()) as OpenApiDocument;
    return { openApi, check: openApiCheck(openApi) };
  });
  const { openApi, check } = await described;

  async function ask(path: string, asked: Asked = {}): Promise<Answer> {
    const { body, key = READ_KEY, headers = {}, caller } = asked;
    const { method = body === undefined ? 'GET' : 'POST' } = asked;
    const response = await fetchApi(
      path,
      {
        method,
        headers: {
          ...(key === '' ? {} : { authorization: `Bearer ${key}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      },
      caller,
    );
    const text = await response.text();
    const answer = { method, path, status: response.status, headers: response.headers, text };
    check(answer);
    if (method === 'POST' && path.startsWith('/ofrep/')) {
      checkOfrep(path === '/ofrep/v1/evaluate/flags' ? 'bulk' : 'single', answer);
    }
    return { ...answer, json: text === '' ? undefined : JSON.parse(text) };
  }

  return {
    memory,
    api,
    openApi,
    failures,
    /** The time that the API goes by. */
    clock,
    ask,
    command: (path: string, body: unknown, key: string = COMMAND_KEY) => ask(path, { body, key }),
    /** Registers a deployment: the example, or something near it. */
    register: (overrides: object = {}) =>
      register(pipeline, { definition: definitionOf(overrides), startDate: '2001-02-01' }),
    /** Makes the review of a date; `moves` are slice, action, stage before and after. */
    review: async (asOf: string, ...moves: Parameters<typeof move>[]) => {
      nextReview = (date) => reviewOf(date, ...moves.map((each) => move(...each)));
      await review(pipeline, { deployment: 'rebooking', asOf });
    },
  };
}

export function definitionOf(overrides: object): Definition {
  const parsed = parseDefinition({ ...exampleInput, ...overrides });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.value;
}
