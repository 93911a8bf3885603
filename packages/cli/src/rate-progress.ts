import cliProgress from 'cli-progress';

export interface RateProgress {
  /** How much is done, and a word on what. */
  update(done: number, what?: string): void;
  stop(): void;
}

/** Milliseconds between two lines where no person watches. */
const LINE_EVERY_MS = 5_000;

/**
 * A bar with the rate in `unit` a second and the time that is left; where no person watches, a line now and then.
 * Without a `total` there is a count and a rate.
 */
export function rateProgress(stream: NodeJS.WriteStream, unit: string, total?: number): RateProgress {
  const begin = performance.now();
  const rate = (done: number) => {
    const seconds = (performance.now() - begin) / 1000;
    return seconds > 0 ? `${rounded(done / seconds)} ${unit}/s` : '';
  };
  return stream.isTTY ? bar(stream, unit, total, rate) : lines(stream, unit, total, rate);
}

const rounded = (rate: number) => (rate >= 100 ? Math.round(rate).toLocaleString('en') : rate.toFixed(1));

const WHOLE = '{bar} {percentage} % · {value}/{total} · {rate} · {eta_formatted} left · {what}';

function bar(
  stream: NodeJS.WriteStream,
  unit: string,
  total: number | undefined,
  rate: (done: number) => string,
): RateProgress {
  const shown = new cliProgress.SingleBar(
    {
      stream,
      format: total === undefined ? `{value} ${unit} · {rate} · {what}` : WHOLE,
      hideCursor: true,
      linewrap: false,
      clearOnComplete: true,
    },
    cliProgress.Presets.shades_classic,
  );
  shown.start(total ?? 0, 0, { rate: '', what: '' });
  return {
    update: (done, what = '') => shown.update(done, { rate: rate(done), what }),
    stop: () => shown.stop(),
  };
}

function lines(
  stream: NodeJS.WriteStream,
  unit: string,
  total: number | undefined,
  rate: (done: number) => string,
): RateProgress {
  const of = total === undefined ? '' : `/${total}`;
  let last = performance.now();
  return {
    update(done, what = '') {
      const now = performance.now();
      if (now - last < LINE_EVERY_MS && done !== total) return;
      last = now;
      stream.write(`${done}${of} ${unit} · ${rate(done)}${what === '' ? '' : ` · ${what}`}\n`);
    },
    stop() {},
  };
}
