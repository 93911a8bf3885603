import type { Definition } from '@penumbra/core/definition';
import type { Problem } from '@penumbra/core/problem';
import { LARGEST } from '../check-batch.ts';
import type { ColumnSpec } from '../column-spec.ts';
import type { Step } from '../evaluate-day.ts';
import { LARGEST_VALUE } from './exact-sum.ts';
import type { ReadFiles } from './metrics-from-rows.ts';
import type { CellRow } from './result-rows.ts';
import { type Kind, meaningOf, STATE } from './row-codes.ts';
import { type KindOfFile, kindsOf } from './sql-columns.ts';

type Found =
  | { readonly ok: true; readonly badRows: number }
  | { readonly ok: false; readonly step: Step; readonly problems: readonly Problem[] };

/** Problems told of one step. */
const MOST_PROBLEMS = 5;
const STEPS = ['records', 'predictions', 'outcomes'] as const;

/** What a result says is wrong with the data, in the words of the other engine where both can say it. */
export function problemsOf(definition: Definition, rows: readonly CellRow[], read: ReadFiles): Found {
  const kinds = kindsOf(definition);
  const bad = { records: 0, predictions: 0, outcomes: 0 };
  const cells: Record<Step, Problem[]> = { records: [], predictions: [], outcomes: [] };
  const headers: Record<Step, Map<string, number>> = {
    records: new Map(),
    predictions: new Map(),
    outcomes: new Map(),
  };
  for (const row of rows) {
    if (row.state < 1000) continue;
    const meaning = meaningOf(row.state);
    const where = (row.path ?? meaning.kind).replace(`s3://${read.bucket}/`, '');
    const step = stepOf(meaning.kind);
    if (meaning.what === 'header') {
      const more = row.count('n') - 1;
      headers[step].set(where, row.count('n'));
      if (more > 0) {
        bad[step] += more;
        cells[step].push({
          where,
          what: 'the header is there again',
          remedy: 'Write it as the first line alone',
        });
      }
    } else if (meaning.what === 'odd number') {
      return {
        ok: false,
        step,
        problems: [
          {
            where,
            what: 'a field that the slices compare as a number holds an infinite one, or one that is not decimal: Athena and the other engine read it differently',
            remedy: 'Write decimal numbers, or use evaluation.engine lambda',
          },
        ],
      };
    } else if (meaning.what === 'bad cell') {
      if (meaning.kind === 'arms') return { ok: false, step: 'records', problems: [hashProblem(where)] };
      bad[step] += row.count('n');
      const spec = kinds[step].specs[meaning.column];
      if (spec) cells[step].push(cellProblem(where, spec, row.count('n')));
    }
  }
  for (const step of STEPS) {
    const problem = headerProblem(kinds[step], headers[step], read.files[step]);
    if (problem) return { ok: false, step, problems: [problem] };
  }
  const badRows = bad.records + bad.predictions + bad.outcomes;
  const step = STEPS.find((name) => bad[name] > 0);
  if (step && badRows > definition.toleratedBadRows) {
    const tolerated =
      definition.toleratedBadRows === 0
        ? ''
        : `; at most ${definition.toleratedBadRows} bad rows a day are tolerated`;
    const problems = cells[step].slice(0, MOST_PROBLEMS);
    return {
      ok: false,
      step,
      problems: problems.map((of) => ({ ...of, remedy: `${of.remedy}${tolerated}` })),
    };
  }
  return recordProblem(definition, rows, bad.predictions) ?? { ok: true, badRows };
}

const stepOf = (kind: Kind): Step => (kind === 'arms' ? 'records' : kind);

function cellProblem(where: string, { name, type, optional, longest }: ColumnSpec, rows: number): Problem {
  const allowed = {
    text: `a text${longest === undefined ? '' : ` of at most ${longest} bytes`}`,
    number: `a decimal number with a point, at most ${LARGEST} in size`,
    binary: '0 or 1',
    share: 'a probability, from 0 to 1',
  }[type];
  return {
    where,
    column: name,
    what: `in ${rows === 1 ? 'one row' : `${rows} rows`} the cell is not ${allowed}`,
    remedy: `Write ${allowed}${optional ? ', or leave the cell empty' : ' in every row'}; engine lambda names the lines`,
  };
}

/** Columns of a CSV go by position: each file has to say that they are where the table has them. */
function headerProblem(
  { kind, format, header, specs }: KindOfFile,
  headers: ReadonlyMap<string, number>,
  files: number,
): Problem | undefined {
  if (format !== 'csv' || !header || headers.size === files) return undefined;
  return {
    where: kind,
    what: `${headers.size} of ${files} files have a header line that names ${specs.map(({ name }) => JSON.stringify(name)).join(', ')} where the first of them has these columns`,
    remedy: 'Write all CSV files of a deployment with the same columns in the same order',
  };
}

const hashProblem = (where: string): Problem => ({
  where,
  what: 'a line of this file, which the pipeline wrote, is no id and hash',
  remedy: 'Close the records of this date anew: write their _SUCCESS object again',
});

/** What is wrong with records that were put together by id. */
function recordProblem(
  definition: Definition,
  rows: readonly CellRow[],
  unreadableScores: number,
): Found | undefined {
  const { records, predictions, outcomes, deployment } = definition;
  const of = (state: number) => rows.filter((row) => row.state === state);
  const count = (state: number) => of(state).reduce((sum, row) => sum + row.count('n'), 0);
  const example = (state: number) =>
    JSON.stringify(
      of(state)
        .flatMap((row) => row.example ?? [])
        .sort()[0] ?? '',
    );
  const folder = (name: string) => `${deployment}/${name}`;
  const scoreId = predictions?.id ?? 'id';
  const stop = (step: Step, problem: Problem): Found => ({ ok: false, step, problems: [problem] });

  if (count(STATE.RECORD_TWICE) > 0) {
    return stop('records', {
      where: folder('records'),
      column: records.id,
      what: `the record id ${example(STATE.RECORD_TWICE)} is there twice`,
      remedy: 'Give every record of a date an id of its own, or remove the repeated row',
    });
  }
  if (count(STATE.SCORED_TWICE) > 0) {
    return stop('predictions', {
      where: folder('predictions'),
      column: scoreId,
      what: `the record ${example(STATE.SCORED_TWICE)} is scored twice`,
      remedy: 'Write one score for each record',
    });
  }
  if (count(STATE.SCORE_OF_NO_RECORD) > 0) {
    return stop('predictions', {
      where: folder('predictions'),
      column: scoreId,
      what: `no record has the id ${example(STATE.SCORE_OF_NO_RECORD)}`,
      remedy: 'Score the records of this date only',
    });
  }
  if (count(STATE.OUTCOMES_DIFFER) > 0) {
    return stop('outcomes', {
      where: folder('outcomes'),
      column: outcomes.id,
      what: `${count(STATE.OUTCOMES_DIFFER)} records, among them ${example(STATE.OUTCOMES_DIFFER)}, have different outcomes in one landed folder, and SQL does not know which of them comes last`,
      remedy: 'Land a correction in a later folder than what it corrects, or use evaluation.engine lambda',
    });
  }
  if (count(STATE.NO_HASH) + count(STATE.HASHES_DIFFER) > 0) {
    const state = count(STATE.NO_HASH) > 0 ? STATE.NO_HASH : STATE.HASHES_DIFFER;
    return stop('records', {
      where: folder('arms'),
      column: records.unit,
      what: `the record ${example(state)} has ${state === STATE.NO_HASH ? 'no hash' : 'two hashes'} of its unit in the files that the pipeline wrote`,
      remedy: 'Close the records of this date anew: write their _SUCCESS object again',
    });
  }
  if (count(STATE.TOO_LARGE) > 0) {
    return stop('outcomes', {
      where: folder('records'),
      what: `${count(STATE.TOO_LARGE)} records have values or errors beyond ±${LARGEST_VALUE}, which SQL does not sum exactly`,
      remedy: 'Correct the amounts, or use evaluation.engine lambda',
    });
  }
  const missing = count(STATE.NO_SCORE);
  if (missing <= unreadableScores) return undefined;
  const scored = count(STATE.COMPARED);
  return stop('predictions', {
    where: folder('predictions'),
    what: `${scored} scores for ${scored + missing} records; a record without one is ${example(STATE.NO_SCORE)}`,
    remedy: predictions
      ? 'Write one score for each record'
      : 'Let the model answer one line for each line that it is sent',
  });
}
