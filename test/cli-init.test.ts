import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readDefinition } from '@penumbra/local/definition-file';
import { DateDay, Float64, Table, tableToIPC, Utf8, vectorFromArray } from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { penumbra } from './support/penumbra-process.ts';
import { runHere } from './support/run-here.ts';

const MAKE = fileURLToPath(new URL('../examples/order-checks/make-data.mjs', import.meta.url));

let folder: string;
let given: string[];
const at = (...path: string[]) => join(folder, ...path);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'penumbra-init-'));
  execFileSync(process.execPath, [MAKE, at('shop'), '--days', '6', '--orders', '300']);
  given = ['--records', at('shop', 'orders.csv'), '--outcomes', at('shop', 'outcomes.csv'), '--yes'];
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const definitionIn = async (path: string) => {
  const read = await readDefinition(path, '');
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.value;
};

/** A CSV with plain cells as an Arrow file: numbers as doubles, dates as dates, the rest as texts. */
async function writeArrow(csv: string, path: string): Promise<void> {
  const [header = '', ...lines] = (await readFile(csv, 'utf8')).trimEnd().split('\n');
  const rows = lines.map((line) => line.split(','));
  const columns = header.split(',').map((name, index) => {
    const cells = rows.map((row) => row[index] ?? '');
    if (cells.every((cell) => cell !== '' && name !== 'order' && Number.isFinite(Number(cell))))
      return [name, vectorFromArray(cells.map(Number), new Float64())];
    if (cells.every((cell) => /^\d{4}-\d\d-\d\d$/.test(cell)))
      return [
        name,
        vectorFromArray(
          cells.map((cell) => new Date(cell)),
          new DateDay(),
        ),
      ];
    return [name, vectorFromArray(cells, new Utf8())];
  });
  await writeFile(path, tableToIPC(new Table(Object.fromEntries(columns)), 'file'));
}

describe('penumbra init', () => {
  it('writes a definition with comments and lays the data out; validate finds nothing wrong', async () => {
    const predictions = ['--predictions', at('shop', 'scores.csv')];
    const worth = ['--payoff', '-2,-2,-40,0', '--currency', 'EUR'];
    const { code, stdout } = await runHere('init', at('orders'), ...given, ...predictions, ...worth);
    expect(code).toBe(0);
    expect(stdout).toContain('6 dates of records are laid out beside it');
    expect(await definitionIn(at('orders', 'penumbra.json'))).toMatchObject({
      deployment: 'orders',
      task: { type: 'binary-classification', threshold: 0.05, payoff: { currency: 'EUR' } },
      records: { id: 'order', unit: 'customer', incumbent: 'rule_checks', amount: 'amount' },
      outcomes: { id: 'order', label: 'fraud', maturityDays: 3, minCoverage: 0.9 },
      predictions: { id: 'order', score: 'score' },
    });
    const text = await readFile(at('orders', 'penumbra.json'), 'utf8');
    expect(text).toMatch(
      /\/\/ Column of the unit that keeps its arm: .* Here: 1,356 values come\n {4}\/\/ back in 1,800 records\.\n {4}"unit": "customer"/,
    );
    expect((await readdir(at('orders', 'records'))).sort()).toEqual(
      Array.from({ length: 6 }, (_, day) => `date=2026-01-0${day + 1}`),
    );
    const [first = ''] = (await readFile(at('shop', 'orders.csv'), 'utf8')).split('\n').slice(1);
    const laidOut = await readFile(at('orders', 'records', 'date=2026-01-01', 'part-0.csv'), 'utf8');
    expect(laidOut.split('\n')[1]).toBe(first);

    const validated = await runHere('validate', at('orders'), '--json');
    expect(validated.code).toBe(0);
    expect(JSON.parse(validated.stdout)).toMatchObject({
      deployment: 'orders',
      dates: 6,
      rows: 1800,
      rowsWithoutSlice: 0,
      coverage: { dates: 6, belowMinimum: 0 },
      problems: [],
    });
  });

  it('works on a folder that is laid out already, for a model, and says what nobody said', async () => {
    await rm(at('orders', 'penumbra.json'));
    const { stdout } = await runHere('init', at('orders'), '--model-command', 'node serve.mjs', '--yes');
    expect(stdout).toContain('Nobody said what a decision is worth');
    const definition = await definitionIn(at('orders', 'penumbra.json'));
    expect(definition.predictions).toMatchObject({ score: 'score' });
    await rm(at('orders', 'predictions'), { recursive: true });
    await rm(at('orders', 'penumbra.json'));
    await runHere('init', at('orders'), '--model-command', 'node serve.mjs', '--yes');
    expect(await definitionIn(at('orders', 'penumbra.json'))).toMatchObject({
      model: { modelName: 'orders', command: ['node', 'serve.mjs'] },
      task: { threshold: 0.5 },
    });
    const validated = await runHere('validate', at('orders'));
    expect(validated.stdout).toContain('nothing is wrong with 1,800 records');
  });

  it('overwrites nothing', async () => {
    const before = await readFile(at('orders', 'penumbra.json'), 'utf8');
    const { code, stderr } = await runHere('init', at('orders'), ...given);
    expect(code).toBe(1);
    expect(stderr).toMatch(/penumbra\.json: it is there already/);
    expect(await readFile(at('orders', 'penumbra.json'), 'utf8')).toBe(before);
  });

  it.each([
    [
      'a column that is not there',
      ['--unit', 'nobody'],
      /--unit: .*orders\.csv has no column "nobody".*Choose one of order, /,
    ],
    ['a file that is not there', ['--records', 'nowhere.csv'], /nowhere\.csv: .*Mend the file/],
    ['a format that it does not know', ['--records', 'orders.xlsx'], /its format is not known/],
  ])('names %s', async (_, options, says) => {
    const { code, stderr } = await runHere('init', at('wrong'), ...given, ...options);
    expect(code).toBe(1);
    expect(stderr).toMatch(says);
    expect(await readdir(at('wrong')).catch(() => [])).toEqual([]);
  });

  it('says which cell made a column of numbers, or of dates, a text', async () => {
    const lines = (await readFile(at('shop', 'orders.csv'), 'utf8')).trimEnd().split('\n');
    const header = (lines[0] ?? '').split(',');
    const change = (line: number, column: string, value: string) => {
      const cells = (lines[line - 1] ?? '').split(',');
      cells[header.indexOf(column)] = value;
      lines[line - 1] = cells.join(',');
    };
    // A cell over two lines moves what comes after it.
    change(5, 'country', '"N\nL"');
    change(900, 'amount', 'n/a');
    change(950, 'amount', 'unknown');
    change(1700, 'ordered_on', 'yesterday');
    await writeFile(at('odd.csv'), `${lines.join('\n')}\n`);
    const { stderr } = await runHere(
      'init',
      at('odd'),
      ...given,
      '--records',
      at('odd.csv'),
      '--definition-only',
    );
    expect(stderr).toContain(
      'odd.csv, line 901, column amount: "n/a" is no number, and makes the column a text: 1,798 other cells of it are numbers, and 1 more is none.',
    );
    expect(stderr).toContain('odd.csv, line 1701, column ordered_on: "yesterday" is no date');
    expect(stderr).not.toContain('column country');

    const jsonl = Array.from({ length: 40 }, (_, row) => JSON.stringify({ order: `o${row}`, amount: row }));
    jsonl[25] = JSON.stringify({ order: 'o25', amount: 'free' });
    await writeFile(at('odd.jsonl'), `${jsonl.join('\n')}\n`);
    const other = await runHere('init', at('odder'), '--records', at('odd.jsonl'), '--yes');
    expect(other.stderr).toContain('odd.jsonl, line 26, column amount: "free" is no number');
  });

  it('takes a sample as Arrow, lays Arrow out, and validate finds nothing wrong', async () => {
    const samples = ['orders', 'outcomes', 'scores'];
    for (const name of samples) await writeArrow(at('shop', `${name}.csv`), at('shop', `${name}.arrow`));
    const files = ['--records', '--outcomes', '--predictions'].flatMap((option, index) => [
      option,
      at('shop', `${samples[index]}.arrow`),
    ]);
    const { code, stdout, stderr } = await runHere('init', at('arrows'), ...files, '--yes');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('6 dates of records are laid out beside it');
    expect(await definitionIn(at('arrows', 'penumbra.json'))).toMatchObject({
      records: { format: 'arrow', id: 'order', unit: 'customer', incumbent: 'rule_checks', amount: 'amount' },
      outcomes: { format: 'arrow', id: 'order', label: 'fraud', maturityDays: 3 },
      predictions: { format: 'arrow', id: 'order', score: 'score' },
    });
    const validated = await runHere('validate', at('arrows'), '--json');
    expect(JSON.parse(validated.stdout)).toMatchObject({ dates: 6, rows: 1800, problems: [] });
  });

  it('asks nobody where there is no terminal, and colours nothing', async () => {
    const { code, stderr } = await penumbra('init', at('asked'), ...given.slice(0, 4)).ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^✗ init: there is no terminal to ask on\. .*--yes/);
  });
});

describe('penumbra validate', () => {
  it('tells every bad row with its file, line and remedy, and checks outcomes too', async () => {
    const records = at('orders', 'records', 'date=2026-01-02', 'part-0.csv');
    const good = await readFile(records, 'utf8');
    await writeFile(records, good.replace(/,[01]\n2/, ',2\n2'));
    const outcomes = at('orders', 'outcomes', 'landed=2026-01-05', 'part-0.csv');
    await writeFile(outcomes, `${await readFile(outcomes, 'utf8')}20260104-0001,perhaps,2026-01-05\n`);
    const { code, stderr } = await runHere('validate', at('orders'));
    expect(code).toBe(1);
    expect(stderr).toMatch(/date=2026-01-02\/part-0\.csv, line 2, column rule_checks: .*2/);
    const outcomeProblems = stderr.match(
      /landed=2026-01-05\/part-0\.csv, line \d+, column fraud: .*perhaps/g,
    );
    expect(outcomeProblems).toHaveLength(1);
  });

  it('checks a definition by itself', async () => {
    const file = at('orders', 'penumbra.json');
    expect((await runHere('validate', file)).stdout).toMatch(/^orders: the definition holds/);
    await writeFile(file, (await readFile(file, 'utf8')).replace('"margin"', '"margn"'));
    const { code, stderr } = await runHere('validate', file);
    expect(code).toBe(1);
    expect(stderr).toMatch(/policy\.margn: there is no field "margn"/);
  });

  it('remarks on what would prove nothing', async () => {
    const { stdout } = await runHere(
      'init',
      at('sparse'),
      ...given,
      '--slice-by',
      'country',
      '--id',
      'order',
    );
    expect(stdout).toContain('A trial needs the challenger too');
    const text = await readFile(at('sparse', 'penumbra.json'), 'utf8');
    await writeFile(
      at('sparse', 'penumbra.json'),
      text.replace('"minRowsPerDay": 100', '"minRowsPerDay": 1000'),
    );
    const { code, stdout: told } = await runHere('validate', at('sparse'), '--to', '2026-01-02');
    expect(code).toBe(0);
    expect(told).toMatch(/fewer than 1000 records .* on 2 of 2 dates/);
    expect(told).toContain('the model has neither command nor url');
    expect(told).toMatch(/2 dates mature, and shadow takes 21/);
  });
});
