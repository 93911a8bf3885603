import { compose } from '@penumbra/functions/composition';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { keyOf } from '../support/api-harness.ts';
import { type Graph, type Statement, statementsOfRole } from './graph.ts';
import type { IamRequest } from './iam/request.ts';
import { applies, isAllowed } from './iam/simulate.ts';
import { functions, HANDLERS, shortName } from './rules/functions.ts';
import { roleOf } from './rules/permissions.ts';
import { liveThroughDaysOfEveryKind } from './running/days-of-every-kind.ts';
import { type Recorded, recordedFunctions } from './running/recorded-functions.ts';
import { type StageHere, startStageHere } from './running/stage-on-this-machine.ts';
import { synthesize } from './synthesize.ts';

const NAMES = Object.keys(HANDLERS);
const KEY = 'command-0123456789abcdef0123456789abcdef';

/** What is granted and never seen here, because it is not the function's code that does it, or only in an accident. */
const UNSEEN: Readonly<Record<string, string>> = {
  'logs:CreateLogStream': "Lambda's runtime, as the function",
  'logs:PutLogEvents': "Lambda's runtime, as the function",
  'sqs:ReceiveMessage': "Lambda's poller, as the function",
  'sqs:DeleteMessage': "Lambda's poller, as the function",
  'sqs:GetQueueAttributes': "Lambda's poller, as the function",
  's3:AbortMultipartUpload': 'an upload in parts that fails',
};

describe('what the functions may do, and what they do', () => {
  let graph: Graph;
  let stage: StageHere;
  let recorded: readonly Recorded[] = [];

  beforeAll(async () => {
    const { resources } = await synthesize({ stage: 'ada', name: 'permissions', withoutBundles: true });
    graph = { stage: 'ada', resources };
    stage = await startStageHere(graph);
    const API_KEYS = JSON.stringify([keyOf('ada', 'command', KEY), keyOf('app', 'feedback', `${KEY}2`)]);
    const environments = Object.fromEntries(
      NAMES.map((name): [string, Record<string, string>] => [
        name,
        { ...stage.environments[name], API_KEYS },
      ]),
    );
    for (const [variable, value] of Object.entries(environments.submit ?? {})) vi.stubEnv(variable, value);
    const clock = { now: '2001-02-01T00:00:00.000Z' };
    let quotas = 1;
    const running = recordedFunctions(
      environments,
      () => clock.now,
      (command) => {
        if (command !== 'CreateTransformJobCommand' || quotas === 0) return undefined;
        quotas -= 1;
        return Object.assign(new Error('the quota is used up'), { name: 'ResourceLimitExceeded' });
      },
    );
    const { BUS_NAME: _, ...own } = environments.submit ?? {};
    const composed = compose(own, () => clock.now);
    await liveThroughDaysOfEveryKind({ stage, functions: running, clock, composed, key: KEY });
    recorded = running.recorded;
  }, 170_000);
  afterAll(async () => {
    await stage?.stop();
    vi.unstubAllEnvs();
  });

  const statementsFor = (name: string): Statement[] => {
    const fn = functions(graph).find((each) => shortName(graph, each) === name);
    const role = fn && roleOf(graph, fn);
    return role ? statementsOfRole(role) : [];
  };
  const requestsBy = (name: string): IamRequest[] =>
    recorded.filter(({ of }) => of === name).map(({ request }) => request);

  it.each(NAMES)('%s may do everything that it does', (name) => {
    const requests = requestsBy(name);
    expect(requests).not.toEqual([]);
    const refused = requests.filter((request) => !isAllowed(statementsFor(name), request));
    expect(distinct(refused)).toEqual([]);
  });

  it.each(NAMES)('%s may do nothing that it does not', (name) => {
    const requests = requestsBy(name);
    const unused = statementsFor(name).flatMap((statement) =>
      statement.actions
        .filter((action) => UNSEEN[action] === undefined)
        .flatMap((action) =>
          statement.resources
            .filter((resource) => {
              const only = { ...statement, actions: [action], resources: [resource] };
              return !requests.some((request) => applies(only, request));
            })
            .map((resource) => `${action} on ${resource}`),
        ),
    );
    expect(unused).toEqual([]);
  });

  it.each(NAMES)('%s lists and reads nothing beyond the folders that it looks at', (name) => {
    const patterns = statementsFor(name).flatMap(
      ({ conditions }) => conditions.StringLikeIfExists?.['s3:prefix'] ?? [],
    );
    const prefixes = requestsBy(name).flatMap(({ context }) => context['s3:prefix'] ?? []);
    const unused = patterns.filter(
      (pattern) => !prefixes.some((prefix) => prefix.includes(pattern.replaceAll('*', ''))),
    );
    expect(unused).toEqual([]);
  });

  it('makes no exception for what nobody is granted', () => {
    const granted = new Set(NAMES.flatMap((name) => statementsFor(name).flatMap(({ actions }) => actions)));
    expect(Object.keys(UNSEEN).filter((action) => !granted.has(action))).toEqual([]);
  });
});

const distinct = (requests: readonly IamRequest[]): string[] => [
  ...new Set(
    requests.map(({ action, resource, context }) => `${action} on ${resource} ${JSON.stringify(context)}`),
  ),
];
