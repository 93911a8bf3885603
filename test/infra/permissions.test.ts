import { fileURLToPath } from 'node:url';
import { checkModel } from '@penumbra/core/pipeline/check-model';
import { register } from '@penumbra/core/pipeline/register';
import { revise } from '@penumbra/core/pipeline/revise';
import { compose } from '@penumbra/functions/composition';
import { composeDeployments } from '@penumbra/functions/deployments-composition';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { keyOf } from '../support/api-harness.ts';
import {
  type Graph,
  ofType,
  type Resource,
  type Statement,
  statementsOf,
  statementsOfRole,
} from './graph.ts';
import type { IamRequest } from './iam/request.ts';
import { applies, isAllowed } from './iam/simulate.ts';
import { RULES } from './rules/all.ts';
import { functions, HANDLERS, shortName } from './rules/functions.ts';
import { roleOf } from './rules/permissions.ts';
import { violationsOf } from './rules/rule.ts';
import { definitionOf } from './running/a-day.ts';
import { liveThroughDaysOfEveryKind } from './running/days-of-every-kind.ts';
import { fillInSettings } from './running/fill-in-settings.ts';
import { type Recorded, recordedFunctions, recorder } from './running/recorded-functions.ts';
import { type StageHere, startStageHere } from './running/stage-on-this-machine.ts';
import { synthesizeFor } from './synthesize.ts';

const NAMES = Object.keys(HANDLERS);
const PENUMBRA = fileURLToPath(new URL('../../packages/cli/bin/penumbra.mjs', import.meta.url));
const KEY = 'command-0123456789abcdef0123456789abcdef';

/** What is granted and never seen here, because it is not the function's code that does it, or only in an accident. */
const UNSEEN: Readonly<Record<string, string>> = {
  'logs:CreateLogStream': "Lambda's runtime, as the function",
  'logs:PutLogEvents': "Lambda's runtime, as the function",
  'sqs:ReceiveMessage': "Lambda's poller, as the function",
  'sqs:DeleteMessage': "Lambda's poller, as the function",
  'sqs:GetQueueAttributes': "Lambda's poller, as the function",
  's3:AbortMultipartUpload': 'an upload in parts that fails',
  's3:ListMultipartUploadParts': 'Athena, as who asked the query, where a result goes up in parts',
  'athena:StopQueryExecution': 'a query that scans more than its definition allows',
};

describe('what the functions may do, and what they do', () => {
  let graph: Graph;
  let stage: StageHere;
  let recorded: readonly Recorded[] = [];
  let listedInShell: string;

  const live = async (resources: readonly Resource[]): Promise<void> => {
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
    let deafened = 1;
    const running = recordedFunctions(
      environments,
      () => clock.now,
      (command, of) => {
        // The event of a query's end comes to nothing once, so that the watcher has to tell of it.
        if (command === 'GetQueryExecutionCommand' && of === 'evaluate' && deafened > 0) {
          deafened -= 1;
          return new Error('the network is gone');
        }
        if (command !== 'CreateTransformJobCommand' || quotas === 0) return undefined;
        quotas -= 1;
        return Object.assign(new Error('the quota is used up'), { name: 'ResourceLimitExceeded' });
      },
    );
    const { BUS_NAME: _, ...own } = environments.submit ?? {};
    const composed = compose(own, () => clock.now);
    await liveThroughDaysOfEveryKind({ stage, functions: running, clock, composed, key: KEY });
    recorded = running.recorded;
  };

  beforeAll(async () => {
    const options = { stage: 'ada', name: 'permissions', withoutBundles: true, edit: fillInSettings };
    await synthesizeFor(options, async ({ resources }, sst) => {
      await live(resources);
      const here = Object.entries(stage.aws.env).map(([variable, value]) => `${variable}=${value}`);
      // A command line that fails is one test that fails, not all of them.
      listedInShell = await sst(
        'shell',
        '--',
        'env',
        ...here,
        process.execPath,
        PENUMBRA,
        'deployment',
        'list',
        '--json',
      ).catch(String);
    });
  }, 300_000);
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
    expect(requestsBy(name)).not.toEqual([]);
    expect(refusedOf(statementsFor(name), requestsBy(name))).toEqual([]);
  });

  it.each(NAMES)('%s may do nothing that it does not', (name) => {
    expect(unusedOf(statementsFor(name), requestsBy(name))).toEqual([]);
  });

  it('would tell of an action too many, and of one too few', () => {
    const statements = statementsFor('submit');
    const without = statements.map((statement) => ({
      ...statement,
      actions: statement.actions.filter((action) => action !== 'sagemaker:AddTags'),
    }));
    expect(refusedOf(without, requestsBy('submit'))).toContainEqual(
      expect.stringContaining('sagemaker:AddTags on arn:aws:sagemaker:us-east-1:123456789012:transform-job/'),
    );
    const more = statements.map((statement) => ({
      ...statement,
      actions: statement.actions.includes('dynamodb:PutItem')
        ? [...statement.actions, 'dynamodb:DeleteItem']
        : statement.actions,
    }));
    expect(unusedOf(more, requestsBy('submit'))).toEqual([
      expect.stringContaining('dynamodb:DeleteItem on '),
    ]);
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

  it('lets who registers deployments do so, and create their models', async () => {
    const [policy] = ofType(graph, 'iam/policy:Policy');
    const statements = statementsOf(policy?.inputs.policy);
    const own: Recorded[] = [];
    const [table] = ofType(graph, 'dynamodb/table:Table');
    const composed = composeDeployments(table?.outputs.name, recorder('operator', own));
    const actor = { kind: 'person', name: 'ada' } as const;
    const definition = definitionOf('registered');
    await checkModel(composed.models, definition, { jobNamePrefix: 'penumbra-ada' });
    await register({ ...composed, actor }, { definition, startDate: '2001-02-01' });
    await revise(composed, { definition: { ...definition, description: 'anew' }, actor });
    expect(await composed.deployments.list()).toContain('registered');
    const requests = own.map(({ request }) => request);
    expect(refusedOf(statements, requests)).toEqual([]);
    const did = new Set(requests.map(({ action }) => action));
    const unused = statements.flatMap(({ actions }) => actions).filter((action) => !did.has(action));
    // The first tells of a kill switch; the others create a model, which people do by SageMaker's own tools.
    expect(unused).toEqual(['events:PutEvents', 'sagemaker:CreateModel', 'iam:PassRole']);
  });

  it('tells subscribers of what needs people', () => {
    const subscriptions = ofType(graph, 'sns/topicSubscription:TopicSubscription');
    expect(subscriptions.map(({ inputs }) => [inputs.protocol, inputs.endpoint])).toEqual([
      ['email', 'ada@example.com'],
      ['https', 'https://events.example.com/key'],
    ]);
  });

  it('lets the function that tells chats do nothing but that', () => {
    expect(statementsFor('notify').flatMap(({ actions }) => actions)).toEqual([
      'logs:CreateLogStream',
      'logs:PutLogEvents',
    ]);
  });

  it("lets models read what lies elsewhere, where the stage's settings name it", () => {
    const role = ofType(graph, 'iam/role:Role').find(({ name }) => name === 'TransformRole');
    const granted = (role ? statementsOfRole(role) : []).map(({ actions, resources }) => [
      actions[0],
      resources,
    ]);
    expect(granted).toEqual(
      expect.arrayContaining([
        ['s3:GetObject', ['arn:aws:s3:::elsewhere/models/*']],
        ['ecr:BatchGetImage', ['arn:aws:ecr:us-east-1:123456789012:repository/models']],
        ['ecr:GetAuthorizationToken', ['*']],
      ]),
    );
  });

  it('keeps every rule with these settings, too', () => {
    expect(violationsOf(RULES, graph)).toEqual([]);
  });

  it('tells the command line in sst shell where the stage is', () => {
    const { deployments } = JSON.parse(listedInShell) as { deployments: { deployment: string }[] };
    expect(deployments.map(({ deployment }) => deployment)).toEqual([
      'elsewhere',
      'queried',
      'queried-numbers',
      'synthetic',
    ]);
  });

  it('makes no exception for what nobody is granted', () => {
    const granted = new Set(NAMES.flatMap((name) => statementsFor(name).flatMap(({ actions }) => actions)));
    expect(Object.keys(UNSEEN).filter((action) => !granted.has(action))).toEqual([]);
  });
});

/** What is done and not allowed. */
const refusedOf = (statements: readonly Statement[], requests: readonly IamRequest[]): string[] =>
  distinct(requests.filter((request) => !isAllowed(statements, request)));

/** What is allowed and never done, beside what is not seen here. */
const unusedOf = (statements: readonly Statement[], requests: readonly IamRequest[]): string[] =>
  statements.flatMap((statement) =>
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

const distinct = (requests: readonly IamRequest[]): string[] => [
  ...new Set(
    requests.map(({ action, resource, context }) => `${action} on ${resource} ${JSON.stringify(context)}`),
  ),
];
