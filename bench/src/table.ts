import type { Phases } from './phases.ts';
import type { Format } from './workload.ts';

/** Medians over the runs of one contender. */
export interface Measured {
  readonly rows: number;
  readonly format: Format;
  readonly contender: string;
  readonly runs: number;
  /** Wall clock, on one processor that others may use too. */
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakBytes: number;
  readonly digests: readonly string[];
}

export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle) - 1] ?? Number.NaN)) / 2;
}

/** The result as Markdown. */
export function tableOf(
  measured: readonly Measured[],
  phases: Readonly<Record<string, Readonly<Record<string, Phases | null>>>>,
  machine: string,
  pinned: boolean,
): string {
  const head = [
    `Machine: ${machine}. ${pinned ? 'Every process pinned to one processor.' : 'Not pinned: taskset is missing.'}`,
    'Rates are rows over processor seconds (all threads together); a ratio above 1 means that Penumbra took less.',
    '',
    '| rows | format | contender | runs | wall, s | processor, s | rows/s per core | peak, MB | Penumbra is faster by | digest |',
    '|---|---|---|---|---|---|---|---|---|---|',
  ];
  const rows = measured.map((one) => {
    const ours = measured.find(
      ({ contender, rows: count, format }) =>
        contender === 'penumbra' && count === one.rows && format === one.format,
    );
    const ratio = ours ? `${(one.cpuSeconds / ours.cpuSeconds).toFixed(2)} ×` : '–';
    const rate = Math.round(one.rows / one.cpuSeconds / 1000);
    return `| ${one.rows} | ${one.format} | ${one.contender} | ${one.runs} | ${one.seconds.toFixed(2)} | ${one.cpuSeconds.toFixed(2)} | ${rate} k | ${Math.round(one.peakBytes / 1e6)} | ${ratio} | ${one.digests.join(' ')} |`;
  });
  const phaseRows = Object.entries(phases).flatMap(([count, programs]) =>
    Object.entries(programs).map(([name, of]) =>
      of
        ? `| ${count} | ${name} | ${of.read.toFixed(2)} | ${of.hash.toFixed(2)} | ${of.build.toFixed(2)} | ${of.fold.toFixed(2)} |`
        : `| ${count} | ${name} | – | – | – | – |`,
    ),
  );
  return [
    ...head,
    ...rows,
    ...(phaseRows.length > 0
      ? [
          '',
          'Phases in seconds of wall clock, from Arrow files (the C program: flat files of fixed width):',
          '',
          '| rows | program | read | hash | build | probe and fold |',
          '|---|---|---|---|---|---|',
          ...phaseRows,
        ]
      : []),
  ].join('\n');
}
