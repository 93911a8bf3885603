import type { CalendarDate } from '@penumbra/core/calendar';
import type { Definition } from '@penumbra/core/definition';
import { describeProblem, type Problem } from '@penumbra/core/problem';
import type { CheckedDate } from '@penumbra/local/validate-folder';

/** What a folder holds, as far as it was checked. */
export interface Validation {
  readonly deployment: string;
  readonly from: CalendarDate | null;
  readonly to: CalendarDate | null;
  readonly dates: number;
  readonly rows: number;
  readonly slices: readonly {
    readonly slice: string;
    readonly rows: number;
    /** Dates with fewer rows than `policy.minRowsPerDay`: they are no evidence. */
    readonly thinDates: number;
  }[];
  /** Rows that no slice takes: the incumbent decides them for good. */
  readonly rowsWithoutSlice: number;
  /** Of the dates whose outcomes are old enough in the folder. */
  readonly coverage: { readonly dates: number; readonly share: number | null; readonly belowMinimum: number };
  readonly problems: readonly Problem[];
  /** Nothing is wrong, and yet the trial may say little. */
  readonly remarks: readonly string[];
}

/** Sums up what was found, date by date. */
export function validationOf(definition: Definition, checked: readonly CheckedDate[]): Validation {
  const good = checked.flatMap(({ date, summary, matures }) => (summary ? [{ date, summary, matures }] : []));
  const total = (of: (day: (typeof good)[number]) => number) => good.reduce((sum, day) => sum + of(day), 0);
  const rows = total(({ summary }) => summary.overall.rows);
  const slices = definition.slices.map(({ slice }) => {
    const rowsOf = ({ summary }: (typeof good)[number]) => summary.slices[slice]?.rows ?? 0;
    const thinDates = good.filter((day) => rowsOf(day) < definition.policy.minRowsPerDay).length;
    return { slice, rows: total(rowsOf), thinDates };
  });
  const mature = good.filter((day) => day.matures);
  const covered = mature.map(({ summary: { overall } }) =>
    overall.rows === 0 ? 0 : overall.labelled / overall.rows,
  );
  const coverage = {
    dates: mature.length,
    share: covered.length === 0 ? null : covered.reduce((sum, share) => sum + share, 0) / covered.length,
    belowMinimum: covered.filter((share) => share < definition.outcomes.minCoverage).length,
  };
  const rowsWithoutSlice = rows - slices.reduce((sum, slice) => sum + slice.rows, 0);
  const found = {
    deployment: definition.deployment,
    from: checked[0]?.date ?? null,
    to: checked.at(-1)?.date ?? null,
    dates: checked.length,
    rows,
    slices,
    rowsWithoutSlice,
    coverage,
    problems: eachOnce(checked.flatMap(({ problems }) => problems)),
  };
  return { ...found, remarks: remarksOn(definition, found) };
}

/** A bad outcome is met on every date that looks at its file. */
const eachOnce = (problems: readonly Problem[]): Problem[] => [
  ...new Map(problems.map((problem) => [describeProblem(problem), problem])).values(),
];

function remarksOn(
  { policy, outcomes, model }: Definition,
  { dates, rows, slices, rowsWithoutSlice, coverage }: Omit<Validation, 'remarks'>,
): string[] {
  const thin = slices.filter(({ thinDates }) => thinDates > dates / 2);
  const remarks = [
    coverage.belowMinimum > 0 &&
      `${coverage.belowMinimum} of ${coverage.dates} mature dates have fewer outcomes than outcomes.minCoverage asks for (${outcomes.minCoverage}): they would be held`,
    coverage.dates === 0 && 'no date is old enough for its outcomes: nothing can be proven yet',
    coverage.dates > 0 &&
      coverage.dates < policy.shadowDays &&
      `${coverage.dates} dates mature, and shadow takes ${policy.shadowDays} (policy.shadowDays): nothing can be promoted yet`,
    ...thin.map(
      ({ slice, thinDates }) =>
        `${slice} has fewer than ${policy.minRowsPerDay} records (policy.minRowsPerDay) on ${thinDates} of ${dates} dates: they are no evidence`,
    ),
    rowsWithoutSlice > 0 &&
      `${rowsWithoutSlice.toLocaleString('en')} of ${rows.toLocaleString('en')} records are in no slice: the incumbent keeps them`,
    model !== undefined &&
      model.command === undefined &&
      model.url === undefined &&
      'the model has neither command nor url: a trial on this machine needs one of them',
  ];
  return remarks.filter((remark) => typeof remark === 'string');
}
