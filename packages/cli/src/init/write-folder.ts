import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { parseDefinition } from '@penumbra/core/definition';
import { failure, type Problem, type Result, success } from '@penumbra/core/problem';
import { openDuckDb } from '@penumbra/evaluator/duckdb';
import { definitionOf } from './definition-of.ts';
import { jsonWithComments } from './definition-text.ts';
import { nameFrom } from './guess.ts';
import { lateness, layOut } from './lay-out.ts';
import { type Given, guessPlan, type Plan, type Samples } from './plan.ts';
import { type Asker, askPlan } from './questions.ts';
import { readSample, type Sample } from './sample.ts';

export interface InitRequest {
  readonly folder: string;
  /** Samples; where they are not given, the first files of the folder. */
  readonly records: string | undefined;
  readonly outcomes: string | undefined;
  readonly predictions: string | undefined;
  readonly given: Given;
  /** Write no data into the folder, only the definition. */
  readonly definitionOnly: boolean;
  /** undefined: guess what was not given. */
  readonly asker: Asker | undefined;
  /** Told of what is odd in the samples before anything is guessed or asked. */
  readonly onOddCell: (problem: Problem) => void;
}

export interface Initialised {
  readonly path: string;
  readonly plan: Plan;
  /** Dates that were laid out; 0 where nothing was. */
  readonly dates: number;
  /** Nobody said what decisions are worth: errors are counted. */
  readonly counted: boolean;
}

/** Writes a definition with comments, and the folder of a trial beside it. Undefined where a person stopped. */
export async function initialise(request: InitRequest): Promise<Result<Initialised> | undefined> {
  const folder = resolve(request.folder);
  const path = join(folder, 'penumbra.json');
  const there = await isThere(path);
  if (there)
    return failure({
      where: path,
      what: 'it is there already',
      remedy: 'Remove it first, or choose another folder',
    });
  const db = await openDuckDb();
  try {
    const samples = await readSamples(request, folder, (file) => readSample(db, file));
    if (!samples.ok) return samples;
    for (const sample of Object.values(samples.value)) sample?.oddCells.forEach(request.onOddCell);
    const planned = await planOf(request, samples.value, nameFrom(basename(folder)));
    if (!planned) return undefined;
    const { plan, given } = planned;
    if (!plan.ok) return plan;
    const late = await lateness(db, samples.value, plan.value, given.maturityDays);
    const counted = plan.value.type === 'regression' ? given.cost === undefined : given.payoff === undefined;
    const { definition, comments } = definitionOf(plan.value, late, counted);
    const parsed = parseDefinition(definition, path);
    if (!parsed.ok) return parsed;
    const isOutside =
      request.records !== undefined && !resolve(request.records).startsWith(join(folder, 'records'));
    const laidOut = isOutside && plan.value.date !== undefined && !request.definitionOnly;
    const occupied = laidOut ? await occupiedIn(folder) : undefined;
    if (occupied) return failure(occupied);
    await mkdir(folder, { recursive: true });
    const dates = laidOut ? await layOut(db, folder, samples.value, plan.value, late) : 0;
    await writeFile(path, jsonWithComments(definition, comments));
    return success({ path, plan: plan.value, dates, counted });
  } finally {
    db.close();
  }
}

async function planOf(
  { given, asker }: InitRequest,
  samples: Samples,
  name: string,
): Promise<{ readonly plan: Result<Plan>; readonly given: Given } | undefined> {
  return asker ? askPlan(asker, samples, given, name) : { plan: guessPlan(samples, given, name), given };
}

async function readSamples(
  { records, outcomes, predictions }: InitRequest,
  folder: string,
  read: (file: string) => Promise<Result<Sample>>,
): Promise<Result<Samples>> {
  const recordFile = records ?? (await firstFile(join(folder, 'records')));
  if (recordFile === undefined) {
    return failure({
      where: folder,
      what: 'there are no records to look at',
      remedy: 'Give a file with --records, or put files into records/date=YYYY-MM-DD/',
    });
  }
  const optional = async (file: string | undefined, kind: string): Promise<Result<Sample | undefined>> => {
    const found = file ?? (records === undefined ? await firstFile(join(folder, kind)) : undefined);
    return found === undefined ? success(undefined) : read(found);
  };
  const read3 = [
    await read(recordFile),
    await optional(outcomes, 'outcomes'),
    await optional(predictions, 'predictions'),
  ] as const;
  const problems = read3.flatMap((each) => (each.ok ? [] : each.problems));
  const [first, second, third] = read3;
  if (!first.ok || !second.ok || !third.ok) return { ok: false, problems };
  return success({ records: first.value, outcomes: second.value, predictions: third.value });
}

/** The first file of the first date. */
async function firstFile(kind: string): Promise<string | undefined> {
  const names = async (folder: string) =>
    (await readdir(folder).catch(() => [])).filter((name) => !/^[._]/.test(name)).sort();
  for (const date of await names(kind)) {
    const [file] = await names(join(kind, date));
    if (file !== undefined) return join(kind, date, file);
  }
  return undefined;
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

async function occupiedIn(folder: string): Promise<Problem | undefined> {
  for (const kind of ['records', 'outcomes', 'predictions']) {
    const where = join(folder, kind);
    if (await isThere(where))
      return {
        where,
        what: 'it is there already',
        remedy: 'Remove it, choose another folder, or give --definition-only',
      };
  }
  return undefined;
}
