import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addDays, type CalendarDate, datesFrom } from '@penumbra/core/calendar';

/** A container by SageMaker's contract whose score is the first feature, so that a test knows every number. */
const MODEL = `import { createServer } from 'node:http';
const answer = (body) => body.split('\\n').filter(Boolean).map((line) => line.split(',')[0]).join('\\n') + '\\n';
createServer((request, response) => {
  if (request.url === '/ping') return response.end();
  if (request.url !== '/invocations') return response.writeHead(404).end();
  let body = '';
  request.on('data', (chunk) => { body += chunk; });
  request.on('end', () => response.writeHead(200, { 'content-type': 'text/csv' }).end(answer(body)));
}).listen(Number(process.env.SAGEMAKER_BIND_TO_PORT), '127.0.0.1');
`;

export interface SyntheticTrial {
  readonly folder: string;
  readonly dataDir: string;
  readonly from: CalendarDate;
  readonly to: CalendarDate;
  /** Writes a file of the folder anew; `path` is relative to it. */
  write(path: string, content: string): Promise<void>;
  remove(path: string): Promise<void>;
  end(): Promise<void>;
}

/** The definition of the synthetic trial; two slices, the smaller business first. */
export function syntheticDefinition(overrides: object = {}): Record<string, unknown> {
  return {
    deployment: 'synthetic',
    task: {
      type: 'binary-classification',
      threshold: 0.5,
      payoff: {
        currency: 'EUR',
        truePositive: { fixed: 10 },
        falsePositive: { fixed: -4 },
        falseNegative: { fixed: -10 },
        trueNegative: { fixed: 0 },
      },
    },
    records: { format: 'csv', id: 'id', unit: 'customer', incumbent: 'rule', features: ['signal', 'noise'] },
    outcomes: { format: 'csv', id: 'id', label: 'bad', maturityDays: 2, minCoverage: 0.9, watchDays: 3 },
    model: { modelName: 'synthetic', command: ['node', 'model.mjs'] },
    slices: [
      { slice: 'small', when: [{ field: 'size', equals: 'small' }] },
      { slice: 'large', when: [{ field: 'size', equals: 'large' }] },
    ],
    policy: {
      // Loose on purpose: ten days are to show every kind of decision.
      alpha: 0.45,
      shadowDays: 3,
      minRowsPerDay: 5,
      stages: [
        { percent: 10, minDays: 1, minRows: 0 },
        { percent: 100, minDays: 1, minRows: 0 },
      ],
    },
    ...overrides,
  };
}

/** Small, quick generator (mulberry32): the same seed gives the same trial. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Writes a trial folder into a temporary directory: `days` of records with a signal that the challenger sees and
 * the rule mostly does not; outcomes land one to three days later, a few are corrected, a few never come.
 */
export async function syntheticTrial({
  days = 10,
  rows = 80,
  seed = 1,
  definition = {},
} = {}): Promise<SyntheticTrial> {
  const folder = await mkdtemp(join(tmpdir(), 'penumbra-trial-'));
  const dataDir = await mkdtemp(join(tmpdir(), 'penumbra-data-'));
  const from = '2024-02-25';
  const to = addDays(from, days - 1);
  const random = seeded(seed);
  const landed = new Map<CalendarDate, string[]>();
  const land = (date: CalendarDate, line: string) => landed.set(date, [...(landed.get(date) ?? []), line]);
  const write = async (path: string, content: string) => {
    const file = join(folder, path);
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(file, content);
  };
  for (const date of datesFrom(from, to)) {
    const lines = Array.from({ length: rows }, (_, row) => {
      const id = `${date}-${row}`;
      const signal = random();
      const bad = random() < (signal < 0.5 ? 0.1 : 0.9) ? 1 : 0;
      const rule = random() < 0.5 ? 1 : 0;
      const delay = random();
      if (delay < 0.97) land(addDays(date, delay < 0.7 ? 0 : delay < 0.9 ? 1 : 2), `${id},${bad}`);
      if (delay > 0.985) land(addDays(date, 4), `${id},${1 - bad}`);
      return `${id},customer-${row % 17},${rule},${signal.toFixed(6)},${random().toFixed(3)},${row % 3 === 0 ? 'small' : 'large'}`;
    });
    await write(
      `records/date=${date}/part-0.csv`,
      `id,customer,rule,signal,noise,size\n${lines.join('\n')}\n`,
    );
  }
  for (const [date, lines] of landed)
    await write(`outcomes/landed=${date}/part-0.csv`, `id,bad\n${lines.join('\n')}\n`);
  await write('model.mjs', MODEL);
  await write('penumbra.json', JSON.stringify(syntheticDefinition(definition), null, 2));
  return {
    folder,
    dataDir,
    from,
    to,
    write,
    remove: (path) => rm(join(folder, path), { recursive: true }),
    async end() {
      await rm(folder, { recursive: true, force: true });
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
