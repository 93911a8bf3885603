import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { addDays } from '../calendar.ts';
import type { Definition } from '../definition.ts';
import { exampleDefinition } from '../testing/example-definition.ts';
import {
  foldersOf,
  type InMemoryPipeline,
  inMemoryPipeline,
  runQuietly,
} from '../testing/in-memory-pipeline.ts';
import {
  byModel,
  chances,
  elsewhere,
  foldersToClose,
  LAST_LANDED,
  logOf,
  newPipeline,
  quietRun,
} from '../testing/six-days.ts';
import type { QueueName } from './messages.ts';
import type { Pipeline } from './ports.ts';
import { sweep, viewOf } from './sweep.ts';
import { planSweep } from './sweep-plan.ts';

const DEPLOYMENT = 'rebooking';
const DATE = '2001-02-03';
const JOB = 'penumbra-rebooking-2001-02-03-1';
const { records, outcomes } = foldersOf(DEPLOYMENT);
/** Looks at ages of 1 (provisional), 2 (maturity), 3 and 4 (watch). */
const definition: Definition = {
  ...exampleDefinition,
  outcomes: { ...exampleDefinition.outcomes, maturityDays: 2, watchDays: 2 },
};

let memory: InMemoryPipeline;
let clock: string;
const found = async () => {
  const findings = planSweep(await viewOf(memory.pipeline, DEPLOYMENT));
  return findings.map(({ kind, date, message }) => `${kind} ${date} → ${message?.queue ?? 'nobody'}`);
};
const loseAll = () => {
  while (memory.sent[0]) memory.lose(memory.sent[0]);
};
const deliver = async (queue: QueueName) => {
  const message = memory.sent.find((sent) => sent.queue === queue);
  if (message) await memory.deliver(message);
};
const types = async () => (await memory.events(DEPLOYMENT)).map(({ event }) => event.type);
/** What was rejected of the day: the step, and the file of its first problem. */
const rejections = async () =>
  (await memory.events(DEPLOYMENT)).flatMap(({ event }) =>
    event.type === 'PartitionRejected' ? [`${event.data.step}: ${event.data.problems[0]?.where}`] : [],
  );
const closeOutcomesThrough = (through: number) => {
  for (let date = 3; date <= through; date += 1)
    memory.close(outcomes(`2001-02-0${date}`), date === 4 ? ['r1,1', 'r2,0'] : []);
};

beforeEach(async () => {
  memory = inMemoryPipeline();
  Object.assign(memory.pipeline, { now: () => clock });
  clock = '2001-02-04T06:00:00Z';
  await memory.register(definition, DATE);
});

describe('a sweep finds', () => {
  it('nothing where everything goes its way', async () => {
    memory.close(records(DATE), ['r1', 'r2']);
    await runQuietly(memory);
    clock = '2001-02-04T23:00:00Z';
    memory.close(outcomes(DATE), []);
    await runQuietly(memory);
    expect(await found()).toEqual([]);
  });

  it('a date whose records nobody closed, once it is time, and can only say so', async () => {
    expect(await found()).toEqual([]);
    clock = '2001-02-04T12:00:00Z';
    expect(await found()).toEqual([`never-ready ${DATE} → nobody`]);
  });

  it('a date whose records are closed and whose message was lost', async () => {
    memory.close(records(DATE), ['r1', 'r2']);
    loseAll();
    clock = '2001-02-04T12:00:00Z';
    expect(await found()).toEqual([`never-ready ${DATE} → partition-ready`]);
  });

  it('rejected records only when they were mended', async () => {
    memory.close(records(DATE), ['broken']);
    await runQuietly(memory);
    clock = '2001-02-04T12:00:00Z';
    expect(await found()).toEqual([]);
    memory.close(records(DATE), ['r1', 'r2']);
    loseAll();
    expect(await found()).toEqual([`never-ready ${DATE} → partition-ready`]);
  });

  it('a partition that is ready and not submitted, after half an hour', async () => {
    memory.transforms.answer = () => ({ status: 'later', reason: 'quota' });
    memory.close(records(DATE), ['r1', 'r2']);
    await deliver('partition-ready');
    loseAll();
    clock = '2001-02-04T06:29:00Z';
    expect(await found()).toEqual([]);
    clock = '2001-02-04T06:30:00Z';
    expect(await found()).toEqual([`ready-not-submitted ${DATE} → partition-ready`]);
  });

  it('a transform that is out for too long, whether it has ended or not', async () => {
    memory.close(records(DATE), ['r1', 'r2']);
    await deliver('partition-ready');
    loseAll();
    clock = '2001-02-04T07:59:00Z';
    expect(await found()).toEqual([]);
    clock = '2001-02-04T08:00:00Z';
    expect(await found()).toEqual([`transform-overdue ${DATE} → transform-complete`]);

    await sweep(memory.pipeline, { deployment: DEPLOYMENT });
    await runQuietlyWithoutEnding();
    expect(memory.sent, 'a running job is left alone').toEqual([]);
    memory.transforms.end(JOB);
    loseAll();
    await sweep(memory.pipeline, { deployment: DEPLOYMENT });
    await runQuietly(memory);
    expect((await memory.events(DEPLOYMENT)).map(({ event }) => event.type)).toContain('TransformCompleted');
  });

  it('a failed attempt whose next one was never asked for', async () => {
    memory.transforms.script = () => ({ status: 'failed', kind: 'Failed', reason: 'out of memory' });
    memory.close(records(DATE), ['r1', 'r2']);
    await deliver('partition-ready');
    memory.transforms.end(JOB);
    await deliver('transform-complete');
    loseAll();
    clock = '2001-02-04T08:00:00Z';
    expect(await found()).toEqual([`ready-not-submitted ${DATE} → partition-ready`]);
  });

  it('a complete day that was not looked at, and the outcomes that it waits for', async () => {
    memory.close(records(DATE), ['r1', 'r2']);
    await runQuietly(memory);
    closeOutcomesThrough(4);
    loseAll();
    clock = '2001-02-05T12:00:00Z';
    expect(await found()).toEqual([
      `complete-not-evaluated ${DATE} → outcomes-landed`,
      'never-ready 2001-02-04 → nobody',
    ]);
    clock = '2001-02-06T12:00:00Z';
    expect((await found()).at(-1)).toBe('outcomes-open 2001-02-05 → nobody');
  });

  it('a mature day that no review has seen, and reviews it', async () => {
    memory.close(records(DATE), ['r1', 'r2']);
    closeOutcomesThrough(5);
    await runQuietly(memory);
    clock = '2001-02-06T11:00:00Z';
    expect(await found()).not.toContain('mature-not-reviewed 2001-02-05 → nobody');
    clock = '2001-02-06T12:00:00Z';
    expect(await found()).toContain('mature-not-reviewed 2001-02-05 → nobody');
    await sweep(memory.pipeline, { deployment: DEPLOYMENT });
    await sweep(memory.pipeline, { deployment: DEPLOYMENT });
    const reviews = (await memory.events(DEPLOYMENT)).filter(({ event }) => event.type === 'RolloutReviewed');
    expect(reviews.map(({ event }) => event.data)).toMatchObject([{ asOf: '2001-02-05' }]);
    expect(await found()).not.toContain('mature-not-reviewed 2001-02-05 → nobody');
  });

  it('a day whose last event lies ahead of the clock, which had jumped when it was decided', async () => {
    clock = '2001-09-09T00:00:00Z';
    memory.close(records(DATE), ['r1', 'r2']);
    await deliver('partition-ready');
    loseAll();
    clock = '2001-02-04T06:00:00Z';
    expect(await found()).toEqual([`transform-overdue ${DATE} → transform-complete`]);

    clock = '2001-09-09T00:00:00Z';
    await sweep(memory.pipeline, { deployment: DEPLOYMENT });
    memory.transforms.end(JOB);
    await deliver('transform-complete');
    loseAll();
    closeOutcomesThrough(4);
    loseAll();
    clock = '2001-02-05T12:00:00Z';
    expect(await found()).toContain(`complete-not-evaluated ${DATE} → outcomes-landed`);
  });

  it('predictions of a transform that were overwritten, once they are as the transform wrote them', async () => {
    memory.close(records(DATE), ['r1', 'r2']);
    await runQuietly(memory);
    const output = `rebooking/predictions/date=${DATE}/${JOB}/input.csv.out`;
    const written = memory.objects.text(output) ?? '';
    memory.objects.put(output, 'r1,0');
    closeOutcomesThrough(4);
    await runQuietly(memory);
    clock = '2001-02-05T12:00:00Z';
    expect(await rejections()).toEqual([`predictions: ${output}`]);
    expect(await found()).not.toContain(`complete-not-evaluated ${DATE} → outcomes-landed`);
    memory.objects.put(output, 'r1,0.25');
    expect(await found(), 'still not what the transform wrote').not.toContain(
      `complete-not-evaluated ${DATE} → outcomes-landed`,
    );
    memory.objects.put(output, written);
    expect(await found()).toContain(`complete-not-evaluated ${DATE} → outcomes-landed`);
    await sweep(memory.pipeline, { deployment: DEPLOYMENT });
    await runQuietly(memory);
    expect(await types()).toContain('PartitionEvaluated');
  });

  it('records that were overwritten after they were taken in, once they are as they were', async () => {
    memory.close(records(DATE), ['r1', 'r2']);
    await runQuietly(memory);
    memory.put(records(DATE), ['r1', 'r3']);
    closeOutcomesThrough(4);
    await runQuietly(memory);
    clock = '2001-02-05T12:00:00Z';
    expect(await rejections()).toEqual([`records: ${records(DATE)}part-0.csv`]);
    expect(await found()).not.toContain(`complete-not-evaluated ${DATE} → outcomes-landed`);
    memory.put(records(DATE), ['r1', 'r2']);
    expect(await found()).toContain(`complete-not-evaluated ${DATE} → outcomes-landed`);
  });

  it('nothing twice: what it sent once, it finds no more when that has done its work', async () => {
    memory.close(records(DATE), ['r1', 'r2']);
    closeOutcomesThrough(7);
    loseAll();
    clock = '2001-02-08T12:00:00Z';
    for (let round = 0; round < 4; round += 1) {
      await sweep(memory.pipeline, { deployment: DEPLOYMENT });
      await runQuietly(memory);
    }
    const stuck = planSweep(await viewOf(memory.pipeline, DEPLOYMENT)).filter(({ message }) => message);
    expect(stuck).toEqual([]);
  });
});

describe('with predictions made elsewhere, a sweep finds', () => {
  const { predictions } = foldersOf(elsewhere.deployment);
  const foundElsewhere = async () =>
    planSweep(await viewOf(memory.pipeline, elsewhere.deployment)).flatMap(({ message, what }) =>
      message ? [`${what} → ${message.queue}`] : [],
    );

  it('rejected predictions only when they were mended, and has them land anew', async () => {
    memory = inMemoryPipeline();
    Object.assign(memory.pipeline, { now: () => clock });
    await memory.register(elsewhere, DATE);
    const folders = foldersOf(elsewhere.deployment);
    memory.close(folders.records(DATE), ['r1', 'r2']);
    memory.close(predictions(DATE), ['broken']);
    for (const date of [DATE, '2001-02-04']) memory.close(folders.outcomes(date), []);
    await runQuietly(memory);
    clock = '2001-02-05T12:00:00Z';
    expect(await foundElsewhere()).toEqual([]);

    memory.close(predictions(DATE), ['r1,0.5', 'r2,0.5']);
    loseAll();
    expect(await foundElsewhere()).toEqual([
      'its predictions as of 2001-02-04 were mended, and nobody looked again → partition-ready',
    ]);
    await sweep(memory.pipeline, { deployment: elsewhere.deployment });
    await runQuietly(memory);
    expect(await foundElsewhere()).toEqual([]);
    const story = (await memory.events(elsewhere.deployment)).map(({ event }) => event.type);
    expect(story.filter((type) => type === 'PredictionsLanded')).toHaveLength(2);
    expect(story).toContain('PartitionEvaluated');
  });
});

/** Delivers what waits, without ending any transform. */
async function runQuietlyWithoutEnding(): Promise<void> {
  for (let round = 0; memory.sent[0] && round < 100; round += 1) await memory.deliver(memory.sent[0]);
}

describe.each([
  ['by a model', byModel],
  ['made elsewhere', elsewhere],
])('with predictions %s', (_, six) => {
  it('sweeps at any time, and at once, change nothing; and they make good whatever was lost', async () => {
    const quiet = await quietRun(six);
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.constantFrom(0, 0.1, 0.5), async (seed, loss) => {
        expect(await sweptRun(six, seed, loss)).toEqual(quiet);
      }),
      { numRuns: 30 },
    );
  });
});

/** Messages are delivered at random, lost with a chance of `loss`, and sweeps run in between and beside them. */
async function sweptRun(six: Definition, seed: number, loss: number) {
  const chance = chances(seed);
  const swept = await newPipeline(six, async () => {
    for (let turns = Math.floor(chance() * 4); turns > 0; turns -= 1) await undefined;
  });
  // The morning after the last outcomes: everything that can be overdue is.
  const late: Pipeline = { ...swept.pipeline, now: () => `${addDays(LAST_LANDED, 1)}T13:00:00Z` };
  const sweepOnce = () => sweep(late, { deployment: 'd' });
  const toClose = foldersToClose(six);
  for (let step = 0; step < 150; step += 1) {
    const message = swept.sent[Math.floor(chance() * swept.sent.length)];
    const [running] = swept.transforms.running();
    const what = chance();
    if (what < 0.2) toClose.splice(Math.floor(chance() * toClose.length), 1)[0]?.(swept);
    else if (what < 0.3 && running) swept.transforms.end(running);
    else if (what < 0.4)
      await Promise.all([sweepOnce(), sweepOnce(), ...(message ? [swept.deliver(message)] : [])]);
    else if (message && chance() < loss) swept.lose(message);
    else if (message) await swept.deliver(message);
  }
  for (const close of toClose) close(swept);
  if (loss > 0) while (swept.sent[0]) swept.lose(swept.sent[0]);
  for (let round = 0; round < 40; round += 1) {
    await runQuietly(swept);
    const findings = await sweepOnce();
    if (!findings.some(({ message }) => message)) break;
  }
  return logOf(swept);
}
