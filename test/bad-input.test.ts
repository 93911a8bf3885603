import { describeProblem } from '@penumbra/core/problem';
import { runTrial } from '@penumbra/local/trial';
import { afterEach, describe, expect, it } from 'vitest';
import { penumbra } from './support/penumbra-process.ts';
import { type SyntheticTrial, syntheticDefinition, syntheticTrial } from './support/synthetic-trial.ts';

const DAY = '2024-02-25';
const RECORDS = `records/date=${DAY}/part-0.csv`;
const HEADER = 'id,customer,rule,signal,noise,size';

/** A container that answers /invocations as given, and the ping as it should. */
const model = (answer: string) => `import { createServer } from 'node:http';
createServer((request, response) => {
  if (request.url === '/ping') return response.end();
  let body = '';
  request.on('data', (chunk) => { body += chunk; });
  request.on('end', () => { ${answer} });
}).listen(Number(process.env.SAGEMAKER_BIND_TO_PORT), '127.0.0.1');
`;

describe('bad input ends a trial with a message that says where, what, and what to do', () => {
  let trial: SyntheticTrial;
  afterEach(() => trial.end());

  async function messagesOf(spoil: (trial: SyntheticTrial) => Promise<void>): Promise<string> {
    trial = await syntheticTrial({ days: 2, rows: 12 });
    await spoil(trial);
    const result = await runTrial({ folder: trial.folder, dataDir: trial.dataDir });
    expect(result.ok, 'the trial must not pass').toBe(false);
    return result.ok ? '' : result.problems.map(describeProblem).join('\n');
  }

  const definition = (overrides: object) => (of: SyntheticTrial) =>
    of.write('penumbra.json', JSON.stringify(syntheticDefinition(overrides)));
  const records =
    (...lines: string[]) =>
    (of: SyntheticTrial) =>
      of.write(RECORDS, `${lines.join('\n')}\n`);
  const container = (answer: string) => (of: SyntheticTrial) => of.write('model.mjs', model(answer));
  const score = (value: string) =>
    `response.end(body.split('\\n').filter(Boolean).map(() => '${value}').join('\\n'))`;

  it.each<[string, (of: SyntheticTrial) => Promise<void>, RegExp[]]>([
    ['no definition', (of) => of.remove('penumbra.json'), [/penumbra\.json: there is no such file/]],
    [
      'a definition that is not JSON',
      (of) => of.write('penumbra.json', '{\n "deployment": "x",\n "task" }'),
      [/penumbra\.json, line 3: this is not JSON/],
    ],
    [
      'an unknown field',
      definition({ polcy: {} }),
      [/penumbra\.json: polcy: there is no field "polcy"/, /known fields are .*policy/],
    ],
    ['a wrong type', definition({ deployment: 7 }), [/penumbra\.json: deployment: .*expected string/]],
    [
      'a date that does not exist',
      (of) => of.write('records/date=2024-02-30/a.csv', ''),
      [/records\/date=2024-02-30: .*date that exists/],
    ],
    ['no records', (of) => of.remove('records'), [/no folder date=YYYY-MM-DD/]],
    [
      'a missing column',
      records('id,customer,rule,signal,size', 'a,c,0,0.5,small'),
      [/part-0\.csv, line 1, column noise: .*does not have it/, /the file has "id", "customer"/],
    ],
    [
      'a number that cannot be read',
      records(HEADER, 'a,c,0,0.5,1,small', 'b,c,0,"0,5",1,small'),
      [
        /records\/date=2024-02-25\/part-0\.csv, line 3, column signal: "0,5" is not a number/,
        /decimal number with a point/,
      ],
    ],
    [
      'a decision that is neither 0 nor 1',
      records(HEADER, 'a,c,2,0.5,1,small'),
      [/line 2, column rule: 2 is neither 0 nor 1/],
    ],
    [
      'a duplicate record id',
      records(HEADER, 'a,c,0,0.5,1,small', 'b,c,0,0.5,1,small', 'a,c,1,0.5,1,small'),
      [/line 4, column id: the record id "a" is there twice/],
    ],
    ['an empty partition', records(HEADER), [/date=2024-02-25\/: the partition is empty/]],
    [
      'a score outside [0, 1]',
      container(score('1.5')),
      [/\.out, line 1, column score: 1\.5 is outside \[0, 1\]/],
    ],
    [
      'a score that is no number',
      container(score('high')),
      [/\.out, line 1, column score: "high" is not a number/],
    ],
    ['a model that answers 500', container("response.writeHead(500).end('boom')"), [/failed 3 times: .*500/]],
    [
      'a model that answers a line too few',
      container("response.end(body.split('\\n').filter(Boolean).slice(1).map(() => '0.5').join('\\n'))"),
      [/failed 3 times: .*\b11\b/],
    ],
    ['a model that answers nothing', container('response.end()'), [/failed 3 times/]],
    [
      'a model that does not start',
      (of) => of.write('model.mjs', 'throw new Error("no such weights")'),
      [/no such weights/],
    ],
    [
      'an outcome that is neither 0 nor 1',
      (of) => of.write(`outcomes/landed=${DAY}/part-0.csv`, `id,bad\n${DAY}-0,maybe\n`),
      [/outcomes\/landed=2024-02-25\/part-0\.csv, line 2, column bad: "maybe" is not a number/],
    ],
  ])(
    '%s',
    async (_, spoil, expected) => {
      const messages = await messagesOf(spoil);
      for (const pattern of expected) expect(messages).toMatch(pattern);
    },
    60_000,
  );

  it('counts an outcome of an unknown record, says so, and goes on', async () => {
    trial = await syntheticTrial({ days: 2, rows: 12 });
    await trial.write(`outcomes/landed=${DAY}/part-9.csv`, 'id,bad\nnobody,1\n');
    const { code, stdout, stderr } = await penumbra('trial', trial.folder, '--data-dir', trial.dataDir).ended;
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/1 outcome belongs to no record.*nobody/);
  }, 60_000);

  it('exits with 1 and prints the message on standard error', async () => {
    trial = await syntheticTrial({ days: 2, rows: 12 });
    await trial.write(RECORDS, `${HEADER}\na,c,0,x,1,small\n`);
    const { code, stdout, stderr } = await penumbra(
      'trial',
      trial.folder,
      '--data-dir',
      trial.dataDir,
      '--json',
    ).ended;
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/line 2, column signal: "x" is not a number/);
  }, 60_000);

  it('exits with 2 for a command line that it does not understand', async () => {
    trial = await syntheticTrial({ days: 1, rows: 1 });
    expect((await penumbra('trail', trial.folder).ended).code).toBe(2);
    expect((await penumbra('trial', trial.folder, '--from', '2024-02-31').ended).code).toBe(2);
  }, 60_000);
});
