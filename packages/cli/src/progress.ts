import type { TrialProgress } from '@penumbra/local/trial';
import cliProgress from 'cli-progress';

export interface ProgressDisplay {
  update(progress: TrialProgress): void;
  stop(): void;
}

/** A bar with the virtual day and its latest decision; where no person watches, a line now and then. */
export function trialProgress(stream: NodeJS.WriteStream): ProgressDisplay {
  return stream.isTTY ? bar(stream) : lines(stream);
}

function bar(stream: NodeJS.WriteStream): ProgressDisplay {
  const shown = new cliProgress.SingleBar(
    {
      stream,
      format:
        '{bar} {percentage} % · day {value}/{total} · {rate} days/s · {eta_formatted} left · {date} · {decision}',
      hideCursor: true,
      linewrap: false,
      clearOnComplete: true,
    },
    cliProgress.Presets.shades_classic,
  );
  let started = false;
  let decision = 'in shadow';
  const begin = performance.now();
  const rate = (done: number) => ((1000 * done) / Math.max(1, performance.now() - begin)).toFixed(1);
  return {
    update(progress) {
      if (!started) shown.start(progress.total, 0, { date: progress.date, decision, rate: '0' });
      started = true;
      decision = latestDecision(progress) ?? decision;
      shown.update(progress.done, { date: progress.date, decision, rate: rate(progress.done) });
    },
    stop() {
      if (started) shown.stop();
      started = false;
    },
  };
}

function lines(stream: NodeJS.WriteStream): ProgressDisplay {
  let lastTenth = -1;
  return {
    update(progress) {
      const decision = latestDecision(progress);
      const tenth = Math.floor((10 * progress.done) / progress.total);
      if (decision !== undefined || tenth > lastTenth) {
        stream.write(
          `day ${progress.done}/${progress.total} ${progress.date}${decision ? ` ${decision}` : ''}\n`,
        );
      }
      lastTenth = tenth;
    },
    stop() {},
  };
}

/** The changes of exposure in this day's review, in few words. */
function latestDecision({ review, resumed }: TrialProgress): string | undefined {
  if (resumed) return undefined;
  const moved = review?.slices.filter(({ action }) => action !== 'hold') ?? [];
  if (moved.length === 0) return undefined;
  return moved.map(({ slice, from, to }) => `${slice} ${from.percent} → ${to.percent} %`).join(', ');
}
