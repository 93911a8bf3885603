import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateModelCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { QUEUE_NAMES } from '@penumbra/core/pipeline/messages';
import { TABLE_KEYS } from '@penumbra/functions/aws/table-keys';
import { type LocalAws, startLocalAws } from '@penumbra/local/local-aws';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runHere } from './support/run-here.ts';
import { syntheticDefinition } from './support/synthetic-trial.ts';

const STAGE_ROLE = 'arn:aws:iam::000000000000:role/stage';
const OWN_ROLE = 'arn:aws:iam::000000000000:role/own';
const TABLE = 'penumbra-ada';
const PREFIX = 'penumbra-ada';

let folder: string;
let aws: LocalAws;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'penumbra-deployments-'));
  aws = await startLocalAws({
    dataDir: join(folder, 'data'),
    models: {},
    queues: [],
    buckets: ['data'],
    table: { tableName: TABLE, ...TABLE_KEYS },
    rules: [],
  });
  for (const [variable, value] of Object.entries(aws.env)) vi.stubEnv(variable, value);
  await createModel('challenger', STAGE_ROLE);
  await createModel('foreign', OWN_ROLE);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await aws?.stop();
  await rm(folder, { recursive: true, force: true });
});

const createModel = (ModelName: string, ExecutionRoleArn: string) =>
  new SageMakerClient().send(
    new CreateModelCommand({
      ModelName,
      ExecutionRoleArn,
      PrimaryContainer: { Image: 'http://127.0.0.1:1' },
    }),
  );

/** The command in `sst shell`: it finds its stage by itself. */
async function inShell(args: readonly string[]) {
  const queueUrls = Object.fromEntries(QUEUE_NAMES.map((queue) => [queue, `http://127.0.0.1/${queue}`]));
  const told = {
    table: TABLE,
    bucket: 'data',
    bus: 'announcements',
    athena: { workgroup: 'queries', database: 'tables', resultsBucket: 'results', usdPerTb: 5 },
    jobNamePrefix: PREFIX,
    transformRole: STAGE_ROLE,
    queueUrls,
  };
  vi.stubEnv('SST_RESOURCE_Penumbra', JSON.stringify({ ...told, type: 'sst.sst.Linkable' }));
  try {
    return await runHere(...args);
  } finally {
    delete process.env.SST_RESOURCE_Penumbra;
  }
}

const deployment = (...args: string[]) => inShell(['deployment', ...args]);

async function definitionFile(model: object | undefined, overrides: object = {}): Promise<string> {
  const file = join(folder, 'penumbra.json');
  await writeFile(file, JSON.stringify({ ...syntheticDefinition({ model, ...overrides }) }));
  return file;
}

describe('penumbra deployment, on the stage of sst shell', () => {
  it('has nothing to list at first', async () => {
    expect(await deployment('list')).toMatchObject({ code: 0, stdout: 'no deployment is registered\n' });
  });

  it('registers a deployment whose model is there, once', async () => {
    const file = await definitionFile({ modelName: 'challenger' });
    const registered = await deployment('register', file, '--start-date', '2026-01-01');
    expect(registered.says).toBe(
      'synthetic is registered, in shadow; its records count from 2026-01-01 on\n',
    );
    const again = await deployment('register', file, '--json');
    expect(JSON.parse(again.stdout)).toEqual({
      deployment: 'synthetic',
      registered: false,
      startDate: '2026-01-01',
    });
  });

  it('revises it, and says so where nothing changes', async () => {
    const file = await definitionFile({ modelName: 'challenger' }, { description: 'for the tests' });
    expect((await deployment('revise', file)).stdout).toBe('synthetic has definition 2 now\n');
    expect((await deployment('revise', file)).stdout).toBe('synthetic: no change; it has definition 2\n');
  });

  it('lists and shows it', async () => {
    expect((await deployment('list')).stdout).toMatch(
      /synthetic\s*│ 2\s*│ 2026-01-01 │ never\s*│ small 0 %, large 0 %/,
    );
    const shown = await deployment('show', 'synthetic');
    expect(shown.stdout).toContain('small: stage 0, 0 %');
    expect(shown.stdout).toContain('for the tests');
    const { definitionVersion, problems } = JSON.parse(
      (await deployment('show', 'synthetic', '--json')).stdout,
    );
    expect({ definitionVersion, problems }).toEqual({ definitionVersion: 2, problems: [] });
  });

  it('has one event of its rollout for each change', async () => {
    const shown = await runHere(
      'deployment',
      'show',
      'synthetic',
      '--json',
      '--table',
      TABLE,
      '--job-name-prefix',
      'p',
    );
    expect(JSON.parse(shown.stdout)).toMatchObject({ deployment: 'synthetic', version: 2 });
  });
});

describe('the other commands, on the stage of sst shell', () => {
  it('work on its table and its bucket', async () => {
    const at = ['--at', '2026-01-02T13:00:00Z'];
    const { code, stdout } = await inShell(['sweep', 'synthetic', '--dry-run', '--json', ...at]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).findings).toMatchObject([{ kind: 'never-ready', date: '2026-01-01' }]);
  });
});

describe('a definition that does not fit', () => {
  it.each([
    [
      'whose model is not there',
      { modelName: 'nobodys' },
      /model\.modelName: SageMaker has no model "nobodys".*Create the model first/,
    ],
    [
      'whose model runs as another role',
      { modelName: 'foreign' },
      /model\.executionRoleArn: the model "foreign" runs as .*role\/own, which is not the stage's role .*role\/stage/,
    ],
    [
      'that names another role than its model has',
      { modelName: 'challenger', executionRoleArn: OWN_ROLE },
      /the model "challenger" runs as .*role\/stage, not as .*role\/own/,
    ],
  ])('%s is not registered, and the file and field are named', async (_, model, says) => {
    const refused = await deployment('register', await definitionFile(model, { deployment: 'refused' }));
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/penumbra\.json: model\./);
    expect(refused.stderr).toMatch(says);
    expect((await deployment('show', 'refused')).stderr).toContain('there is no such deployment');
  });

  it('fits where it names the role that its model has', async () => {
    const model = { modelName: 'foreign', executionRoleArn: OWN_ROLE };
    const { code } = await deployment('register', await definitionFile(model, { deployment: 'own-role' }));
    expect(code).toBe(0);
  });

  it('is no definition, or no file', async () => {
    expect((await deployment('register', join(folder, 'nothing.json'))).stderr).toContain(
      'there is no such file',
    );
    const file = await definitionFile({ modelName: 'challenger' }, { deployment: 'No Name' });
    expect((await deployment('register', file)).stderr).toContain('use lower-case letters');
  });
});

describe('penumbra deployment, elsewhere', () => {
  it('asks which stage is meant', async () => {
    const { code, stderr } = await runHere('deployment', 'list');
    expect(code).toBe(1);
    expect(stderr).toMatch(/it is not known which stage is meant.*sst shell/);
  });

  it('goes by flags', async () => {
    const flags = [
      '--table',
      TABLE,
      '--job-name-prefix',
      PREFIX,
      '--region',
      'us-east-1',
      '--role',
      STAGE_ROLE,
    ];
    const { stdout } = await runHere('deployment', 'list', '--json', ...flags);
    expect(
      JSON.parse(stdout).deployments.map(({ deployment }: { deployment: string }) => deployment),
    ).toEqual(['own-role', 'synthetic']);
  });

  it('says what to do where there is no such table', async () => {
    const { code, stderr } = await runHere(
      'deployment',
      'list',
      '--table',
      'elsewhere',
      '--job-name-prefix',
      'p',
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/ResourceNotFoundException.*Correct --table/);
  });

  it('refuses what a stage of another version tells', async () => {
    vi.stubEnv('SST_RESOURCE_Penumbra', '{"table":"t"}');
    const { code, stderr } = await runHere('deployment', 'list');
    delete process.env.SST_RESOURCE_Penumbra;
    expect(code).toBe(1);
    expect(stderr).toMatch(/SST_RESOURCE_Penumbra: this is not what the stage of this version tells/);
  });
});
