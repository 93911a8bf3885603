import { startLoopbackServer } from '@penumbra/cli/loopback-server';
import {
  createClient,
  httpFeedback,
  httpSource,
  type RolloutDocument,
  staticSource,
  systemClock,
} from '@penumbra/client';
import { addDays, type CalendarDate, datesFrom } from '@penumbra/core/calendar';
import { register } from '@penumbra/core/pipeline/register';
import { review } from '@penumbra/core/pipeline/review';
import type { RolloutReview } from '@penumbra/core/rollout-events';
import { inMemoryPipeline } from '@penumbra/core/testing/in-memory-pipeline';
import { seededRandom } from '@penumbra/evaluator/inference/seeded-random';
import { review as policy } from '@penumbra/evaluator/policy';
import { definitionWith } from '@penumbra/evaluator/testing/virtual-rollout';
import { matureDay, START, sliceOf } from '@penumbra/evaluator/virtual-rollout';
import { createApi } from '@penumbra/functions/api/app';
import { describe, expect, it } from 'vitest';
import { FEEDBACK_KEY, KEYS, READ_KEY } from './support/api-harness.ts';

const DAYS = 14;
const UNITS = 400;
const definition = definitionWith({
  shadowDays: 8,
  stages: [10, 50, 100].map((percent) => ({ percent, minDays: 2, minRows: 0 })),
});
const { deployment } = definition;

const random = seededRandom(5);
const NOISE = Array.from({ length: DAYS + 1 }, () => random.normal());

type Served = (document: RolloutDocument) => RolloutDocument;

/**
 * Two weeks in which the challenger is better every day, reviewed by the shipped policy. Every day a production
 * application, over HTTP, asks for the rollout, decides for its units, and reports that. `serves` is what it decides by.
 */
async function twoWeeks(serves: Served | undefined): Promise<RolloutReview[]> {
  const memory = inMemoryPipeline({
    review: (state, _, asOf, reported) => {
      const date = addDays(asOf, -1);
      const better = sliceOf(1000, 3 + 0.3 * (NOISE[datesFrom(START, date).length] ?? 0));
      return policy(state, [matureDay(date, { regional: better, hub: better })], asOf, reported);
    },
  });
  const { pipeline } = memory;
  await register(pipeline, { definition, startDate: START });
  let now = '';
  const failures: unknown[] = [];
  const api = createApi(
    {
      ...pipeline,
      now: () => now,
      readObject: async () => new Uint8Array(),
      onFailure: (failure) => failures.push(failure),
    },
    { keys: KEYS, documentLifeMs: 0 },
  );
  const server = await startLoopbackServer(api, 0);
  try {
    const reviews: RolloutReview[] = [];
    for (let index = 1; index <= DAYS; index += 1) {
      const asOf = addDays(START, index);
      now = `${asOf}T12:00:00.000Z`;
      if (serves) await serveADay(server.url, now, serves);
      const { review: reviewed } = await review(pipeline, { deployment, asOf });
      if (reviewed) reviews.push(reviewed);
    }
    expect(failures).toEqual([]);
    return reviews;
  } finally {
    await server.stop();
  }
}

async function serveADay(url: string, now: string, serves: Served): Promise<void> {
  const clock = { ...systemClock, now: () => Date.parse(now) };
  const reader = createClient({
    deployments: [deployment],
    source: httpSource({ url, key: READ_KEY }),
    clock,
  });
  await reader.ready();
  const { document } = reader.status(deployment);
  await reader.close();
  if (!document) throw new Error('there is no rollout');
  const lost: unknown[] = [];
  const { send, ...batches } = httpFeedback({ url: `${url}/v1/exposures`, key: FEEDBACK_KEY });
  const client = createClient({
    deployments: [deployment],
    source: staticSource(serves(document)),
    clock,
    feedback: {
      ...batches,
      send: (batch) => send(batch).catch((error) => void lost.push(error)),
    },
  });
  for (let unit = 0; unit < UNITS; unit += 1) {
    client.decide(deployment, { unit: `customer-${unit}`, tier: 'regional' });
  }
  await client.close();
  expect(lost).toEqual([]);
}

const moves = (reviews: readonly RolloutReview[]) =>
  reviews.flatMap(({ asOf, slices }) =>
    slices
      .filter(({ action }) => action !== 'hold')
      .map(({ slice, to }): [CalendarDate, string, number] => [asOf, slice, to.percent]),
  );
const regional = (reviewed: RolloutReview | undefined) =>
  reviewed?.slices.find(({ slice }) => slice === 'regional');

describe('a production application that reports to Penumbra what it served', () => {
  it('goes through the same ramp as one that does not, while it serves what the log says', async () => {
    const silent = await twoWeeks(undefined);
    const reviews = await twoWeeks((document) => document);
    expect(moves(silent).map(([, slice, percent]) => `${slice} ${percent}`)).toEqual([
      'regional 10',
      'regional 50',
      'regional 100',
      'hub 10',
    ]);
    expect(moves(reviews)).toEqual(moves(silent));
    const { reported } = reviews.at(-1) ?? {};
    expect(reported).toMatchObject([{ exposures: UNITS, unknown: 0, dropped: 0 }]);
    expect(reported?.[0]?.slices).toMatchObject([{ slice: 'regional', percent: 50, mismatches: 0 }]);
    expect(silent.every((each) => each.reported === undefined)).toBe(true);
  });

  it('is held where it gives some units another arm, and the review names the problem', async () => {
    // A copy of the rollout that somebody has edited: 30 % where the log says 10.
    const edited: Served = (document) => ({
      ...document,
      slices: document.slices.map((slice) => (slice.percent === 10 ? { ...slice, percent: 30 } : slice)),
    });
    const reviews = await twoWeeks(edited);
    expect(moves(reviews).map(([, slice, percent]) => `${slice} ${percent}`)).toEqual(['regional 10']);
    const found = regional(reviews.at(-1));
    expect(found).toMatchObject({ action: 'hold', rule: 'sample ratio', to: { percent: 10 } });
    expect(found?.reasons[0]).toMatch(
      /^production reports on \S+ that \d+ of 400 units got another arm than the log gives them$/,
    );
    const share = (found?.evidence.reported?.mismatches ?? 0) / UNITS;
    expect(share).toBeGreaterThan(0.1);
    expect(share).toBeLessThan(0.3);
  });
});
