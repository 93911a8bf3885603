import type { StoredEvent } from '@penumbra/core/events';
import { UnknownDeployment } from '@penumbra/core/pipeline/deployments';
import { rebuild, replayLog } from '@penumbra/core/pipeline/rebuild';
import type { Projection, Replayed } from '@penumbra/core/replay';
import { type ReviewDifference, verifyReviews } from '@penumbra/core/verify-reviews';
import Table from 'cli-table3';
import type { Command } from 'commander';
import { EXIT } from './exit-code.ts';
import { instant } from './instant.ts';
import { oneLine } from './printable.ts';
import { rateProgress } from './rate-progress.ts';
import { TARGET_HELP, type Target, type TargetOptions, withTargetOptions } from './target.ts';
import { printJson, printLine, withTarget } from './with-target.ts';

interface ReplayOptions extends TargetOptions {
  readonly verify?: boolean;
  readonly asOf?: string;
  readonly json?: boolean;
}

/** Wires `penumbra replay`. */
export function addReplayCommand(program: Command, finish: (exitCode: number) => void): void {
  withTargetOptions(program.command('replay'))
    .description(
      'Fold the log from nothing into a new version of the rollout document and the windows, and switch to it.',
    )
    .argument('<deployment>', 'name of the deployment')
    .option(
      '--verify',
      'compare every stored review with the one recomputed from its evidence; change nothing',
    )
    .option('--as-of <time>', 'show the world as it was known at this time; change nothing', instant)
    .option('--json', 'print one JSON document instead of tables')
    .addHelpText(
      'after',
      `
Examples:
  penumbra replay flight-delays --trial examples/flight-delays
  penumbra replay flight-delays --trial examples/flight-delays --verify
  penumbra replay flight-delays --trial examples/flight-delays --as-of 2001-03-01
${TARGET_HELP}

Exit codes: 0 done · 1 no such deployment, an unreadable log, or a review that differs · 2 unknown command or option ·
130 stopped by Ctrl-C: readers still see the old version, and the same command begins anew.`,
    )
    .action(async (deployment: string, options: ReplayOptions) => finish(await replay(deployment, options)));
}

function replay(deployment: string, { verify, asOf, json, ...where }: ReplayOptions): Promise<number> {
  return withTarget(where, {}, async (target) => {
    if (verify) return verifyAll(target, deployment, asOf, json ?? false);
    const begin = performance.now();
    if (asOf !== undefined) {
      const { replayed, projection } = await replayLog(target.pipeline.log, deployment, { until: asOf });
      show({ replayed, projection, seconds: secondsSince(begin), json, asOf });
      return EXIT.success;
    }
    const { projections, pipeline } = target;
    const rebuilt = await rebuild(
      { log: pipeline.log, documents: pipeline.documents, projections },
      deployment,
    );
    show({ ...rebuilt, seconds: secondsSince(begin), json });
    return EXIT.success;
  });
}

const secondsSince = (begin: number) => (performance.now() - begin) / 1000;
const perSecond = (count: number, seconds: number) =>
  `${count.toLocaleString('en')} in ${seconds.toFixed(2)} s, ${Math.round(count / seconds).toLocaleString('en')} a second`;

interface Shown {
  readonly replayed: Replayed;
  readonly projection: Projection;
  readonly seconds: number;
  readonly json: boolean | undefined;
  readonly version?: number;
  readonly asOf?: string;
}

function show({ replayed, projection, seconds, json, version, asOf }: Shown): void {
  const { document, windows } = projection;
  const { lastReview, evidence } = replayed.rollout;
  if (json) {
    const { events, days } = replayed;
    const known = { events, days: days.size, evidenceDays: evidence.length, review: lastReview ?? null };
    printJson({ ...(asOf ? { asOf } : { projection: version }), ...known, document, windows });
    return;
  }
  printLine(
    `${document.deployment}${asOf ? `, as it was known at ${asOf}` : ''}: ${replayed.days.size} days, ` +
      `${evidence.length} of them evidence; last review ${lastReview ? `as of ${lastReview.asOf}` : 'still to come'}`,
  );
  const slices = new Table({ head: ['slice', 'percent', 'why'], style: { head: [], border: [] } });
  for (const { slice, percent } of document.slices) {
    const reviewed = lastReview?.slices.find((candidate) => candidate.slice === slice);
    slices.push([slice, `${percent} %`, oneLine(reviewed?.reasons[0] ?? 'in shadow', 70)]);
  }
  printLine(slices.toString());
  const table = new Table({
    head: ['window', 'days', 'rows', 'labelled', 'challenger − incumbent'],
    colAligns: ['left', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  });
  for (const { window, overall } of windows) {
    table.push([window, overall.days, overall.rows, overall.labelled, overall.difference.toFixed(2)]);
  }
  printLine(table.toString());
  printLine(`events: ${perSecond(replayed.events, seconds)}`);
  if (version !== undefined) printLine(`projection ${version} is read from now on`);
}

async function verifyAll(
  { pipeline }: Target,
  deployment: string,
  asOf: string | undefined,
  json: boolean,
): Promise<number> {
  const events: StoredEvent[] = [];
  for await (const event of pipeline.log.replay(deployment)) {
    if (asOf === undefined || event.at <= asOf) events.push(event);
  }
  if (events.length === 0) throw new UnknownDeployment(deployment);
  const total = events.filter(({ event }) => event.type === 'RolloutReviewed').length;
  const progress = rateProgress(process.stderr, 'reviews', total);
  const begin = performance.now();
  let reviews = 0;
  let first: ReviewDifference | undefined;
  let differing = 0;
  for (const { asOf: date, difference } of verifyReviews(events, pipeline.review)) {
    reviews += 1;
    progress.update(reviews, date);
    if (!difference) continue;
    differing += 1;
    first ??= difference;
  }
  progress.stop();
  const seconds = secondsSince(begin);
  if (json) printJson({ deployment, events: events.length, reviews, differing, first: first ?? null });
  else if (first) {
    printLine(
      `${differing} of ${reviews} reviews differ; the first is ${first.eventId}, as of ${first.asOf}, at ${first.path}`,
    );
    printLine(`  stored      ${oneLine(first.stored, 300)}`);
    printLine(`  recomputed  ${oneLine(first.recomputed, 300)}`);
  } else
    printLine(`all reviews are what their evidence gives, byte for byte: ${perSecond(reviews, seconds)}`);
  return first ? EXIT.badInput : EXIT.success;
}
