import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepare } from './prepare.ts';
import { recordColumns } from './records.ts';
import { writeSynthetic } from './synthetic.fixture.ts';

const root = mkdtempSync(join(tmpdir(), 'flight-delays-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const readRecords = (folder: string, date: string) =>
  readFileSync(join(folder, 'records', `date=${date}`, 'flights.csv'), 'utf8');
const readOutcomes = (folder: string) =>
  readdirSync(join(folder, 'outcomes'))
    .sort()
    .map((landed) => ({
      landed,
      rows: rowsOf(readFileSync(join(folder, 'outcomes', landed, 'outcomes.csv'), 'utf8')),
    }));
const rowsOf = (csv: string) =>
  csv
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','));

describe('records know the past only', () => {
  const source = join(root, 'flights.parquet');
  const folder = join(root, 'unchanged');
  const day = '2001-02-10';
  beforeAll(async () => {
    await writeSynthetic(source);
    await prepare({ folder, source, from: day, to: day });
  });

  const prepareEdited = async (name: string, edit: string) => {
    const edited = join(root, `${name}.parquet`);
    await writeSynthetic(edited, edit);
    await prepare({ folder: join(root, name), source: edited, from: day, to: day });
    return readRecords(join(root, name), day);
  };

  it.each([0, 1, 2, 3])('whatever the delays of the day and later were (%i)', async (seed) => {
    const edited = await prepareEdited(
      `later-${seed}`,
      `UPDATE f SET delay = (md5_number_lower(date::VARCHAR || '${seed}') % 400)::BIGINT - 40 WHERE date >= '${day}'`,
    );
    expect(edited).toBe(readRecords(folder, day));
  });

  it('whenever the flights of the day departed, as long as they kept their order', async () => {
    const edited = await prepareEdited(
      'departures',
      `UPDATE f SET date = date + INTERVAL 47 MINUTE WHERE date >= '${day}'`,
    );
    expect(edited).toBe(readRecords(folder, day));
  });

  it('whether the later flights existed at all', async () => {
    const edited = await prepareEdited('cut', `DELETE FROM f WHERE date >= DATE '${day}' + 1`);
    expect(edited).toBe(readRecords(folder, day));
  });

  it('and change with a delay of the day before', async () => {
    const edited = await prepareEdited(
      'before',
      `UPDATE f SET delay = 200 WHERE date::DATE = DATE '${day}' - 1`,
    );
    expect(edited).not.toBe(readRecords(folder, day));
  });

  it('and are the same whichever range they are prepared in', async () => {
    const wide = join(root, 'wide');
    await prepare({ folder: wide, source, from: '2001-02-01', to: '2001-02-20' });
    expect(readRecords(wide, day)).toBe(readRecords(folder, day));
  });
});

describe('a flight without a delay', () => {
  it('has a record and no outcome', async () => {
    const source = join(root, 'missing.parquet');
    const folder = join(root, 'missing');
    await writeSynthetic(source, `UPDATE f SET delay = NULL, distance = NULL WHERE origin = 'ORD'`);
    await prepare({ folder, source, from: '2001-02-10', to: '2001-02-11' });
    const record = rowsOf(readRecords(folder, '2001-02-10')).find((row) => row[1] === 'ORD-LAX-01');
    expect(record?.[recordColumns.indexOf('distance')]).toBe('');
    const reported = readOutcomes(folder).flatMap(({ rows }) => rows.map(([flight]) => flight));
    expect(reported.filter((flight) => flight?.includes('ORD-LAX'))).toEqual([]);
  });
});

describe('preparing again', () => {
  const source = join(root, 'again.parquet');
  beforeAll(() => writeSynthetic(source));

  it('writes nothing when the days are there', async () => {
    const folder = join(root, 'again');
    expect(await prepare({ folder, source, from: '2001-02-01', to: '2001-02-03' })).toMatchObject({
      written: true,
    });
    const before = statSync(join(folder, 'records', 'date=2001-02-02', 'flights.csv')).mtimeMs;
    expect(await prepare({ folder, source, from: '2001-02-02', to: '2001-02-02' })).toEqual({
      from: '2001-02-01',
      to: '2001-02-03',
      written: false,
    });
    expect(statSync(join(folder, 'records', 'date=2001-02-02', 'flights.csv')).mtimeMs).toBe(before);
  });

  it('keeps earlier days when more are asked for', async () => {
    const folder = join(root, 'more');
    await prepare({ folder, source, from: '2001-02-01', to: '2001-02-02' });
    expect(await prepare({ folder, source, from: '2001-02-04', to: '2001-02-05' })).toMatchObject({
      from: '2001-02-01',
      to: '2001-02-05',
    });
    expect(readdirSync(join(folder, 'records'))).toHaveLength(5);
  });

  it('starts over after a crash half-way', async () => {
    const folder = join(root, 'crashed');
    const crash = () => {
      throw new Error('power cut');
    };
    await expect(
      prepare({ folder, source, from: '2001-02-01', to: '2001-02-05', onProgress: crash }),
    ).rejects.toThrow('power cut');
    writeFileSync(join(folder, 'records', 'date=2001-02-01', 'flights.csv'), 'half of a li');
    await prepare({ folder, source, from: '2001-02-01', to: '2001-02-01' });
    expect(rowsOf(readRecords(folder, '2001-02-01'))).toHaveLength(6);
  });

  it('refuses dates that are none, or that the model was trained on', async () => {
    const folder = join(root, 'refused');
    await expect(prepare({ folder, source, from: '2001-2-1' })).rejects.toThrow('YYYY-MM-DD');
    await expect(prepare({ folder, source, from: '2001-01-15' })).rejects.toThrow('training');
    expect(existsSync(folder)).toBe(false);
  });
});

describe('the real flights of two days', () => {
  const folder = join(root, 'real');
  const progress: number[] = [];
  beforeAll(async () => {
    await prepare({
      folder,
      from: '2001-02-05',
      to: '2001-02-06',
      onProgress: ({ done, total }) => progress.push(done / total),
    });
  });

  it('have the columns of the contract, numbers or nothing in the features', () => {
    const csv = readRecords(folder, '2001-02-05');
    expect(csv.slice(0, csv.indexOf('\n'))).toBe(recordColumns.join(','));
    const rows = rowsOf(csv);
    expect(rows.length).toBeGreaterThan(15_000);
    const malformed = rows.filter(
      (row) =>
        row.length !== recordColumns.length ||
        !/^(regional|midsize|large|hub)$/.test(row[2] ?? '') ||
        !/^[01]$/.test(row[4] ?? '') ||
        row.slice(5).some((cell) => cell !== '' && !/^-?\d+(\.\d+)?$/.test(cell)),
    );
    expect(malformed).toEqual([]);
    expect(progress.at(-1)).toBe(1);
  });

  it('have unique ids made of date and itinerary', () => {
    const rows = rowsOf(readRecords(folder, '2001-02-05'));
    expect(new Set(rows.map(([flight]) => flight)).size).toBe(rows.length);
    expect(rows.every(([flight, itinerary]) => flight === `2001-02-05-${itinerary}`)).toBe(true);
  });

  it('have one outcome each, one to three days later, except for about one in 200', () => {
    const flights = new Set(
      ['2001-02-05', '2001-02-06'].flatMap((date) =>
        rowsOf(readRecords(folder, date)).map(([flight]) => flight),
      ),
    );
    const outcomes = readOutcomes(folder);
    const lags = outcomes.flatMap(({ landed, rows }) =>
      rows.map(
        ([flight]) => (Date.parse(landed.slice(7)) - Date.parse(flight?.slice(0, 10) ?? '')) / 86_400_000,
      ),
    );
    const reported = outcomes.flatMap(({ rows }) => rows.map(([flight]) => flight));
    expect(new Set(reported).size).toBe(reported.length);
    expect(reported.every((flight) => flights.has(flight))).toBe(true);
    expect(reported.length / flights.size).toBeGreaterThan(0.99);
    expect(reported.length).toBeLessThan(flights.size);
    const share = (lag: number) => lags.filter((value) => value === lag).length / flights.size;
    expect(share(1)).toBeCloseTo(0.9, 1);
    expect(share(2)).toBeCloseTo(0.07, 2);
    expect(share(3)).toBeCloseTo(0.025, 2);
  });

  it('are late from 15 minutes on', () => {
    const rows = readOutcomes(folder).flatMap((file) => file.rows);
    expect(rows.every(([, late, delay]) => (Number(delay) >= 15 ? '1' : '0') === late)).toBe(true);
  });
});
