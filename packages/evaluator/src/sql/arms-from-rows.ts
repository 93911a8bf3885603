import type { DaySummary, Selective, Stratum } from '@penumbra/core/day-events';
import type { Definition } from '@penumbra/core/definition';
import { cutsOf } from '@penumbra/core/policy-schema';
import { total } from '../compensated-sum.ts';
import type { DayArms } from '../day-arms.ts';
import { MOST_UNITS } from '../distinct-units.ts';
import { SAMPLES, sampleColumn } from './result-columns.ts';
import type { CellRow } from './result-rows.ts';
import { needsArms } from './sql-columns.ts';
import { unseenMoney } from './summands.ts';

/** What day-arms.ts finds in the records, found in the rows of a result. */
export function armsFromRows(definition: Definition, cells: readonly CellRow[]): Pick<DayArms, 'complete'> {
  const { slices, policy, outcomeObservableWhen } = definition;
  const percents = [...cutsOf(policy), 100];
  const withStrata = needsArms(definition);

  const strataOf = (slice: number): Stratum[] => {
    const ofSlice = cells.filter((cell) => cell.slice === slice);
    const counted = Array.from({ length: SAMPLES }, (_, sample) => sumOf(ofSlice, sampleColumn(sample)));
    const sample = keptSample(counted);
    return percents.map((upTo, stratum) => {
      const units = ofSlice.filter((cell) => cell.stratum === stratum);
      const labelled = units.filter((cell) => cell.label >= 0);
      return {
        upTo,
        units: sumOf(units, sampleColumn(sample)),
        rows: sumOf(labelled, 'n'),
        challenger: {
          sum: exact(labelled, 'challenger_value'),
          sumOfSquares: exact(labelled, 'challenger_squared'),
        },
        incumbent: {
          sum: exact(labelled, 'incumbent_value'),
          sumOfSquares: exact(labelled, 'incumbent_squared'),
        },
      };
    });
  };

  const selectiveOf = (slice: number, shows: number): Selective => {
    const ofSlice = cells.filter((cell) => cell.slice === slice);
    const labelled = ofSlice.filter((cell) => cell.label >= 0);
    const seen = labelled.filter(({ challenger, incumbent }) => challenger === shows && incumbent === shows);
    const hidden = ofSlice.filter(
      ({ label, challenger, incumbent }) => label < 0 && challenger >= 0 && incumbent !== shows,
    );
    return {
      identified: {
        rows: sumOf(seen, 'n'),
        sum: exact(seen, 'difference'),
        sumOfSquares: exact(seen, 'difference_squared'),
      },
      worstCase: unseenMoney(definition)
        ? null
        : {
            rows: sumOf(labelled, 'n') + sumOf(hidden, 'n'),
            lowest: exact(labelled, 'difference', hidden, 'lowest'),
            highest: exact(labelled, 'difference', hidden, 'highest'),
          },
    };
  };

  const selective = outcomeObservableWhen !== undefined && definition.task.type !== 'regression';
  const shows = outcomeObservableWhen === 'acted' ? 1 : 0;
  return {
    complete: (summary: DaySummary): DaySummary => ({
      ...summary,
      slices: Object.fromEntries(
        Object.entries(summary.slices).map(([name, numbers]) => {
          const slice = slices.findIndex((each) => each.slice === name);
          const extra = {
            ...(withStrata ? { strata: strataOf(slice) } : {}),
            ...(selective ? { selective: selectiveOf(slice, shows) } : {}),
          };
          return [name, slice < 0 ? numbers : { ...numbers, ...extra }];
        }),
      ),
    }),
  };
}

/** The sample that distinct-units.ts would keep, of 1 unit in 2^0, 2^1 and so on: the first that has few enough. */
export function keptSample(counted: readonly number[], most: number = MOST_UNITS): number {
  const sample = counted.findIndex((units) => units <= most);
  if (sample === -1)
    throw new Error(`a result with ${counted.at(-1)} units in the smallest sample of a slice`);
  return sample;
}

const sumOf = (cells: readonly CellRow[], column: string): number =>
  cells.reduce((sum, cell) => sum + cell.count(column), 0);

/** The sum of a summand over some cells, and of another over others. */
function exact(cells: readonly CellRow[], name: string, others: readonly CellRow[] = [], other = ''): number {
  const sum = new Float64Array(2);
  for (const cell of cells) cell.addSum(name, sum, 0);
  for (const cell of others) cell.addSum(other, sum, 0);
  return total(sum, 0);
}
