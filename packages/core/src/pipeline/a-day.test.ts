import { beforeEach, describe, expect, it } from 'vitest';
import { notAssessable } from '../day.ts';
import type { Definition } from '../definition.ts';
import type { StoredEvent } from '../events.ts';
import { exampleDefinition, exampleRegression } from '../testing/example-definition.ts';
import {
  foldersOf,
  type InMemoryPipeline,
  inMemoryPipeline,
  runQuietly,
} from '../testing/in-memory-pipeline.ts';
import { loadDay } from './day-steps.ts';
import type { Message, QueueName } from './messages.ts';

const DEPLOYMENT = 'rebooking';
const DATE = '2001-02-03';
const JOB_1 = 'penumbra-rebooking-2001-02-03-1';
const JOB_2 = 'penumbra-rebooking-2001-02-03-2';
const { records, predictions, outcomes } = foldersOf(DEPLOYMENT);

/** Looks at ages of 1 (provisional), 2 (maturity), 3 and 4 (watch). */
const definition: Definition = {
  ...exampleDefinition,
  outcomes: { ...exampleDefinition.outcomes, maturityDays: 2, watchDays: 2 },
};
const elsewhere: Definition = {
  ...exampleRegression,
  deployment: DEPLOYMENT,
  outcomes: definition.outcomes,
};

let memory: InMemoryPipeline;

beforeEach(async () => {
  memory = inMemoryPipeline();
  await memory.register(definition, '2001-02-01');
});

const IDS = ['r1', 'r2', 'r3', 'r4'];
const closeRecords = (lines = IDS) => memory.close(records(DATE), lines);
const closeOutcomes = (landed: string, lines: readonly string[] = []) =>
  memory.close(outcomes(landed), lines);
/** Outcomes of DATE land the next day; the folders up to `through` are closed. */
const closeOutcomesThrough = (through: number) => {
  for (let date = 3; date <= through; date += 1) {
    closeOutcomes(`2001-02-0${date}`, date === 4 ? IDS.map((id) => `${id},1`) : []);
  }
};

async function history(): Promise<string[]> {
  const events = await memory.events(DEPLOYMENT);
  return events.filter(({ stream }) => stream === `day/${DATE}`).map(tell);
}

function tell({ event }: StoredEvent): string {
  switch (event.type) {
    case 'PartitionReady':
      return `ready with ${event.data.rows}`;
    case 'TransformSubmitted':
      return `submitted ${event.data.attempt}`;
    case 'TransformCompleted':
      return `completed ${event.data.attempt}`;
    case 'TransformFailed':
      return `failed ${event.data.attempt} (${event.data.status}), ${event.data.retry ? 'to be retried' : 'given up'}`;
    case 'PartitionRejected':
      return `${event.data.step} rejected`;
    case 'PredictionsLanded':
      return 'predictions landed';
    case 'OutcomesLanded':
      return `outcomes as of ${event.data.asOf}`;
    case 'PartitionEvaluated':
    case 'PartitionRestated': {
      const { labelled, rows } = event.data.summary.overall;
      return `${event.type === 'PartitionEvaluated' ? 'evaluated' : 'restated'} ${labelled} of ${rows}`;
    }
    case 'PartitionMatured':
      return `mature at ${event.data.age}`;
    default:
      return event.type;
  }
}

const waiting = (queue: QueueName): Message => {
  const message = memory.sent.find((sent) => sent.queue === queue);
  if (!message)
    throw new Error(`no message waits in ${queue}, only ${memory.sent.map((sent) => sent.queue)}`);
  return message;
};
const deliver = (queue: QueueName) => memory.deliver(waiting(queue));
const queuesInUse = () => memory.sent.map(({ queue }) => queue);
const why = async () =>
  notAssessable((await loadDay(memory.pipeline, { deployment: DEPLOYMENT, date: DATE })).state);

const WHOLE_STORY = [
  'ready with 4',
  'submitted 1',
  'completed 1',
  'outcomes as of 2001-02-04',
  'evaluated 4 of 4',
  'outcomes as of 2001-02-05',
  'evaluated 4 of 4',
  'mature at 2',
];

describe('a day without trouble', () => {
  it('goes from ready over its transform to mature', async () => {
    closeRecords();
    await runQuietly(memory);
    closeOutcomesThrough(5);
    await runQuietly(memory);
    expect(await history()).toEqual(WHOLE_STORY);
    expect(memory.sent).toEqual([]);
    expect(await why()).toBeUndefined();
  });

  it('is one chain of causes from the folder that was closed', async () => {
    closeRecords();
    closeOutcomesThrough(5);
    await runQuietly(memory);
    const day = (await memory.events(DEPLOYMENT)).filter(({ stream }) => stream === `day/${DATE}`);
    expect(new Set(day.map(({ correlationId }) => correlationId))).toEqual(
      new Set(['rebooking/day/2001-02-03/0001']),
    );
    expect(day.map(({ causationId }) => causationId)).toEqual([
      'rebooking/records/date=2001-02-03/_SUCCESS',
      'rebooking/day/2001-02-03/0001',
      'rebooking/day/2001-02-03/0002',
      'rebooking/outcomes/landed=2001-02-04/_SUCCESS',
      'rebooking/day/2001-02-03/0004',
      'rebooking/outcomes/landed=2001-02-05/_SUCCESS',
      'rebooking/day/2001-02-03/0006',
      'rebooking/day/2001-02-03/0007',
    ]);
  });

  it('submits its transform with the settings of the definition, and tags that name the day', async () => {
    const jobs: unknown[] = [];
    memory.transforms.answer = (job) => {
      jobs.push(job);
      return { status: 'submitted' };
    };
    closeRecords();
    await deliver('partition-ready');
    expect(jobs).toEqual([
      {
        jobName: JOB_1,
        modelName: 'rebooking-2001-01',
        input: 'rebooking/transform-input/date=2001-02-03/',
        output: `rebooking/predictions/date=2001-02-03/${JOB_1}/`,
        settings: definition.model?.transform,
        tags: { 'penumbra:deployment': DEPLOYMENT, 'penumbra:date': DATE, 'penumbra:attempt': '1' },
      },
    ]);
  });

  it('pins the files that it read', async () => {
    closeRecords();
    await runQuietly(memory);
    const [ready] = (await memory.events(DEPLOYMENT)).filter(({ event }) => event.type === 'PartitionReady');
    expect(ready?.event.data).toMatchObject({
      files: [
        { key: `${records(DATE)}part-0.csv`, bytes: 11, etag: expect.stringMatching(/^[0-9a-f]{32}$/) },
      ],
    });
  });
});

describe('records', () => {
  it('wait until their folder is closed', async () => {
    memory.put(records(DATE), IDS);
    await memory.deliver({
      queue: 'partition-ready',
      body: { deployment: DEPLOYMENT, date: DATE, causationId: 'too early' },
    });
    expect(await history()).toEqual([]);
    expect(await why()).toContain('no partition');
  });

  it('of before the start of the deployment are none of its business', async () => {
    memory.close(records('2001-01-31'), IDS);
    memory.close(outcomes('2001-01-31'), []);
    await runQuietly(memory);
    expect((await memory.events(DEPLOYMENT)).map(({ stream }) => stream)).toEqual(['rollout']);
  });

  it('that are none make an empty partition: nothing is submitted, and the day says why', async () => {
    closeRecords([]);
    closeOutcomesThrough(5);
    await runQuietly(memory);
    expect(await history()).toEqual(['ready with 0']);
    expect(memory.transforms.submissions).toEqual([]);
    expect(await why()).toBe('the partition is empty');
  });

  it('that come after all fill an empty partition', async () => {
    closeRecords([]);
    closeOutcomesThrough(5);
    await runQuietly(memory);
    closeRecords();
    await runQuietly(memory);
    expect(await history()).toEqual(['ready with 0', ...WHOLE_STORY]);
  });

  it('that are broken are rejected once, and accepted when mended', async () => {
    closeRecords(['r1', 'broken']);
    closeRecords(['r1', 'broken']);
    await runQuietly(memory);
    expect(await history()).toEqual(['records rejected']);
    expect(await why()).toBe('records rejected: a line is broken');
    expect(memory.transforms.submissions).toEqual([]);

    closeRecords();
    closeOutcomesThrough(5);
    await runQuietly(memory);
    expect(await history()).toEqual(['records rejected', ...WHOLE_STORY]);
  });
});

describe('a transform', () => {
  it('is watched for as long as it runs, a minute between two looks', async () => {
    closeRecords();
    await deliver('partition-ready');
    for (let look = 0; look < 3; look += 1) {
      expect(memory.sent).toMatchObject([{ queue: 'transform-submitted', delaySeconds: 60 }]);
      await deliver('transform-submitted');
    }
    expect(await history()).toEqual(['ready with 4', 'submitted 1']);
  });

  it('whose completion event never comes is found by the watch', async () => {
    closeRecords();
    await deliver('partition-ready');
    memory.transforms.end(JOB_1);
    memory.lose(waiting('transform-complete'));
    await runQuietly(memory);
    expect(await history()).toEqual(['ready with 4', 'submitted 1', 'completed 1']);
  });

  it('that completes twice completes once', async () => {
    closeRecords();
    await deliver('partition-ready');
    memory.transforms.end(JOB_1);
    memory.transforms.tellQueue(JOB_1);
    await runQuietly(memory);
    memory.transforms.tellQueue(JOB_1);
    await runQuietly(memory);
    expect(await history()).toEqual(['ready with 4', 'submitted 1', 'completed 1']);
  });

  it('that is said to have ended while it still runs is left alone', async () => {
    closeRecords();
    await deliver('partition-ready');
    memory.transforms.tellQueue(JOB_1);
    await deliver('transform-complete');
    expect(await history()).toEqual(['ready with 4', 'submitted 1']);
    expect(queuesInUse()).toEqual(['transform-submitted']);
  });

  it('that ends before its submission was recorded is recorded as submitted, then as completed', async () => {
    const crashing = await crashingAt('append TransformSubmitted', 'before');
    memory.close(records(DATE), IDS);
    const ready = waiting('partition-ready');
    await expect(memory.deliver(ready)).rejects.toThrow('crash');
    memory.transforms.end(JOB_1);
    memory.lose(ready);
    crashing.stop();
    expect(await history()).toEqual(['ready with 4']);

    await runQuietly(memory);
    expect(await history()).toEqual(['ready with 4', 'submitted 1', 'completed 1']);
    expect(memory.transforms.submissions).toEqual([JOB_1, JOB_1]);
  });

  it('that fails is tried again under a new name', async () => {
    memory.transforms.script = ({ jobName }) =>
      jobName === JOB_1
        ? { status: 'failed', kind: 'Failed', reason: 'out of memory' }
        : { status: 'completed' };
    closeRecords();
    await runQuietly(memory);
    expect(await history()).toEqual([
      'ready with 4',
      'submitted 1',
      'failed 1 (Failed), to be retried',
      'submitted 2',
      'completed 2',
    ]);
    expect(memory.transforms.submissions).toEqual([JOB_1, JOB_2]);
  });

  it('that was stopped by a person is tried again as well', async () => {
    memory.transforms.script = () => ({ status: 'failed', kind: 'Stopped', reason: 'stopped by ada' });
    closeRecords();
    await deliver('partition-ready');
    memory.transforms.end(JOB_1);
    await deliver('transform-complete');
    expect((await history()).at(-1)).toBe('failed 1 (Stopped), to be retried');
  });

  it('that fails every time is given up with the reason of SageMaker, and its outcomes are not waited for', async () => {
    memory.transforms.script = () => ({ status: 'failed', kind: 'Failed', reason: 'ModelError: 500' });
    closeRecords();
    closeOutcomesThrough(5);
    await runQuietly(memory);
    expect((await history()).slice(-2)).toEqual(['submitted 3', 'failed 3 (Failed), given up']);
    expect(await why()).toBe('transform failed 3 times: ModelError: 500');
    expect(memory.transforms.submissions).toHaveLength(3);
  });

  it('of an older attempt that reports again changes nothing', async () => {
    memory.transforms.script = () => ({ status: 'failed', kind: 'Failed', reason: 'out of memory' });
    closeRecords();
    await deliver('partition-ready');
    memory.transforms.end(JOB_1);
    await deliver('transform-complete');
    await deliver('partition-ready');
    memory.transforms.tellQueue(JOB_1);
    await deliver('transform-complete');
    expect((await history()).slice(-1)).toEqual(['submitted 2']);
  });

  it('of an older attempt is not watched any longer', async () => {
    memory.transforms.script = () => ({ status: 'failed', kind: 'Failed', reason: 'out of memory' });
    closeRecords();
    await deliver('partition-ready');
    const oldWatch = waiting('transform-submitted');
    memory.transforms.end(JOB_1);
    await deliver('transform-complete');
    await deliver('partition-ready');
    await memory.deliver(oldWatch);
    expect(memory.sent).toMatchObject([{ queue: 'transform-submitted', body: { attempt: 2 } }]);
  });

  it('whose request SageMaker rejects is not asked for again', async () => {
    memory.transforms.answer = () => ({ status: 'rejected', reason: 'no model rebooking-2001-01' });
    closeRecords();
    closeRecords();
    await runQuietly(memory);
    expect(await history()).toEqual(['ready with 4', 'failed 1 (Rejected), given up']);
    expect(await why()).toBe('transform failed once: no model rebooking-2001-01');
    expect(memory.transforms.submissions).toEqual([JOB_1]);
  });

  it('that finds its quota used up is asked for again five minutes later', async () => {
    memory.transforms.answer = () => ({ status: 'later', reason: 'ResourceLimitExceeded' });
    closeRecords();
    await deliver('partition-ready');
    expect(await history()).toEqual(['ready with 4']);
    expect(memory.sent).toMatchObject([{ queue: 'partition-ready', delaySeconds: 300 }]);

    memory.transforms.answer = () => ({ status: 'submitted' });
    await runQuietly(memory);
    expect(await history()).toEqual(['ready with 4', 'submitted 1', 'completed 1']);
  });

  it('that SageMaker knows nothing of is missing, and is tried again', async () => {
    closeRecords();
    await deliver('partition-ready');
    const describe = memory.pipeline.transforms.describe;
    Object.assign(memory.pipeline.transforms, { describe: () => describe('forgotten') });
    await deliver('transform-submitted');
    await deliver('transform-complete');
    expect((await history()).at(-1)).toBe('failed 1 (Missing), to be retried');
  });
});

describe('outcomes', () => {
  it('that come before the transform is complete are looked at when it is', async () => {
    closeRecords();
    await deliver('partition-ready');
    closeOutcomesThrough(5);
    while (queuesInUse().includes('outcomes-landed')) await deliver('outcomes-landed');
    expect(await history()).toEqual(['ready with 4', 'submitted 1']);
    await runQuietly(memory);
    expect(await history()).toEqual(WHOLE_STORY);
  });

  it('that come before the records are looked at once there are predictions', async () => {
    closeOutcomesThrough(5);
    await runQuietly(memory);
    expect(await history()).toEqual([]);
    closeRecords();
    await runQuietly(memory);
    expect(await history()).toEqual(WHOLE_STORY);
  });

  it('never let a look go past a folder that is still open', async () => {
    closeRecords();
    closeOutcomes('2001-02-03');
    closeOutcomes('2001-02-05', ['r1,0']);
    await runQuietly(memory);
    expect(await history()).toEqual(['ready with 4', 'submitted 1', 'completed 1']);

    closeOutcomes(
      '2001-02-04',
      IDS.map((id) => `${id},1`),
    );
    await runQuietly(memory);
    expect(await history()).toEqual(WHOLE_STORY);
  });

  it('in a folder that is not closed are not seen', async () => {
    closeRecords();
    closeOutcomes('2001-02-03');
    memory.put(outcomes('2001-02-04'), ['r1,1']);
    await memory.deliver({
      queue: 'outcomes-landed',
      body: { deployment: DEPLOYMENT, landed: '2001-02-04', causationId: 'too early' },
    });
    await runQuietly(memory);
    expect(await history()).toEqual(['ready with 4', 'submitted 1', 'completed 1']);
  });

  it('that are too few leave the day immature until more of them land', async () => {
    closeRecords();
    closeOutcomes('2001-02-03');
    closeOutcomes('2001-02-04', ['r1,1', 'r2,1']);
    closeOutcomes('2001-02-05', ['r3,0']);
    closeOutcomes('2001-02-06', ['r4,0']);
    await runQuietly(memory);
    expect((await history()).slice(3)).toEqual([
      'outcomes as of 2001-02-04',
      'evaluated 2 of 4',
      'outcomes as of 2001-02-05',
      'evaluated 3 of 4',
      'outcomes as of 2001-02-06',
      'evaluated 4 of 4',
      'mature at 3',
    ]);
  });

  it('that are corrected after maturity restate the day and leave its evidence as it was', async () => {
    closeRecords();
    closeOutcomesThrough(5);
    await runQuietly(memory);
    const partition = { deployment: DEPLOYMENT, date: DATE };
    const before = (await loadDay(memory.pipeline, partition)).state.mature;

    closeOutcomes('2001-02-06', ['r1,0', 'r2,0']);
    await runQuietly(memory);
    expect((await history()).slice(WHOLE_STORY.length)).toEqual([
      'outcomes as of 2001-02-06',
      'restated 4 of 4',
    ]);
    const { state } = await loadDay(memory.pipeline, partition);
    expect(state.mature).toEqual(before);
    expect(state.restated?.summary.overall.incumbent.value).toBe(2);
  });

  it('of other days, or repeated as they were, restate nothing', async () => {
    closeRecords();
    closeOutcomesThrough(5);
    closeOutcomes('2001-02-06', ['r1,1', 'somebody-else,0', 'another,1']);
    closeOutcomes('2001-02-07');
    await runQuietly(memory);
    expect((await history()).slice(WHOLE_STORY.length)).toEqual([
      'outcomes as of 2001-02-06',
      'evaluated 4 of 4',
      'outcomes as of 2001-02-07',
      'evaluated 4 of 4',
    ]);
  });

  it('leave the same log when they come all at once as when they come day by day', async () => {
    closeRecords();
    for (let date = 3; date <= 7; date += 1) {
      closeOutcomes(`2001-02-0${date}`, date === 6 ? ['r1,0'] : date === 4 ? IDS.map((id) => `${id},1`) : []);
      await runQuietly(memory);
    }
    const dayByDay = await history();
    expect(dayByDay).toContain('restated 4 of 4');

    memory = inMemoryPipeline();
    await memory.register(definition, '2001-02-01');
    closeRecords();
    closeOutcomesThrough(5);
    await runQuietly(memory);
    memory.put(outcomes('2001-02-06'), ['r1,0']);
    closeOutcomes('2001-02-07');
    memory.close(outcomes('2001-02-06'), ['r1,0']);
    await runQuietly(memory);
    expect(await history()).toEqual(dayByDay);
  });

  it('that are broken are rejected, no later look goes ahead of them, and the day goes on when they are mended', async () => {
    closeRecords();
    closeOutcomesThrough(3);
    closeOutcomes('2001-02-04', ['broken']);
    closeOutcomes(
      '2001-02-05',
      IDS.map((id) => `${id},1`),
    );
    await runQuietly(memory);
    expect((await history()).slice(3)).toEqual(['outcomes as of 2001-02-04', 'outcomes rejected']);
    expect(await why()).toBe('outcomes rejected: a line is broken');

    closeOutcomes('2001-02-04', ['r1,1']);
    await runQuietly(memory);
    expect((await history()).slice(5)).toEqual([
      'outcomes as of 2001-02-04',
      'evaluated 1 of 4',
      'outcomes as of 2001-02-05',
      'evaluated 4 of 4',
      'mature at 2',
    ]);
    expect(await why()).toBeUndefined();
  });

  it('that are broken after maturity do not keep the watch from its later looks, once mended', async () => {
    closeRecords();
    closeOutcomesThrough(5);
    closeOutcomes('2001-02-06', ['broken']);
    await runQuietly(memory);
    closeOutcomes('2001-02-06', []);
    memory.put(outcomes('2001-02-06'), ['r9,1']);
    closeOutcomes('2001-02-07', ['r1,0']);
    await runQuietly(memory);
    expect((await history()).slice(WHOLE_STORY.length)).toEqual([
      'outcomes as of 2001-02-06',
      'outcomes rejected',
      'outcomes as of 2001-02-06',
      'evaluated 4 of 4',
      'outcomes as of 2001-02-07',
      'restated 4 of 4',
    ]);
  });

  it('concern no date before the start of the deployment', async () => {
    closeOutcomes('2001-02-03');
    await deliver('outcomes-landed');
    expect(memory.sent.map(({ body }) => ('date' in body ? body.date : 'none'))).toEqual([
      '2001-02-02',
      '2001-02-01',
    ]);
  });

  it('of a landing date concern only the dates that have a look then', async () => {
    closeOutcomes('2001-02-10');
    await deliver('outcomes-landed');
    expect(memory.sent.map(({ body }) => ('date' in body ? body.date : 'none'))).toEqual([
      '2001-02-09',
      '2001-02-08',
      '2001-02-07',
      '2001-02-06',
    ]);
  });
});

describe('predictions made elsewhere', () => {
  const scores = IDS.map((id, index) => `${id},0.${index}`);

  beforeEach(async () => {
    memory = inMemoryPipeline();
    await memory.register(elsewhere, '2001-02-01');
  });

  it.each(['records', 'predictions'])(
    'need no transform, and may come in any order: %s first',
    async (first) => {
      const closing = [() => closeRecords(), () => memory.close(predictions(DATE), scores)];
      for (const close of first === 'records' ? closing : closing.reverse()) {
        close();
        await runQuietly(memory);
      }
      closeOutcomesThrough(5);
      await runQuietly(memory);
      expect(await history()).toEqual(['ready with 4', 'predictions landed', ...WHOLE_STORY.slice(3)]);
      expect(memory.transforms.submissions).toEqual([]);
    },
  );

  it('wait until their folder is closed', async () => {
    memory.put(predictions(DATE), scores);
    closeRecords();
    await runQuietly(memory);
    expect(await history()).toEqual(['ready with 4']);
  });

  it('wait for records where the partition is still empty', async () => {
    closeRecords([]);
    memory.close(predictions(DATE), []);
    await runQuietly(memory);
    closeRecords();
    memory.close(predictions(DATE), scores);
    closeOutcomesThrough(5);
    await runQuietly(memory);
    expect(await history()).toEqual([
      'ready with 0',
      'ready with 4',
      'predictions landed',
      ...WHOLE_STORY.slice(3),
    ]);
  });

  it('have one cause for their partition, whichever message came first', async () => {
    const causes = async () => (await memory.events(DEPLOYMENT))[0]?.causationId;
    memory.put(records(DATE), IDS);
    memory.objects.put(`${records(DATE)}_SUCCESS`, '');
    memory.close(predictions(DATE), scores);
    await runQuietly(memory);
    expect(await causes()).toBe(`${records(DATE)}_SUCCESS`);
  });
});

describe('a deployment that nobody registered', () => {
  it.each<Message>([
    { queue: 'partition-ready', body: { deployment: 'nobody', date: DATE, causationId: 'c' } },
    { queue: 'outcomes-landed', body: { deployment: 'nobody', landed: DATE, causationId: 'c' } },
    { queue: 'outcomes-landed', body: { deployment: 'nobody', date: DATE, causationId: 'c' } },
  ])('is named, and the message stays in $queue', async (message) => {
    await expect(memory.deliver(message)).rejects.toMatchObject({
      name: 'UnknownDeployment',
      deployment: 'nobody',
    });
    expect(await memory.events('nobody')).toEqual([]);
  });

  it.each<Message>([
    {
      queue: 'transform-submitted',
      body: { deployment: 'nobody', date: DATE, attempt: 1, causationId: 'c' },
    },
    { queue: 'transform-complete', body: { deployment: 'nobody', date: DATE, attempt: 1, causationId: 'c' } },
  ])('has no transform either: $queue', async (message) => {
    await memory.deliver(message);
    expect(await memory.events('nobody')).toEqual([]);
    expect(memory.sent).toEqual([]);
  });
});

/** A pipeline whose worker dies at one effect, each time, until it is told to stop dying. */
async function crashingAt(effect: string, moment: 'before' | 'after') {
  let armed = true;
  memory = inMemoryPipeline({
    onEffect: (when, what) => {
      if (armed && when === moment && what === effect) throw new Error(`crash ${moment} ${effect}`);
    },
  });
  await memory.register(definition, '2001-02-01');
  return {
    stop: () => {
      armed = false;
    },
  };
}

describe('a worker that dies', () => {
  it.each<['before' | 'after', string]>([
    ['after', 'append PartitionReady'],
    ['before', 'submit transform'],
    ['after', 'submit transform'],
    ['after', 'append TransformSubmitted'],
    ['before', 'send transform-submitted'],
    ['after', 'send transform-submitted'],
    ['after', 'append TransformCompleted'],
    ['before', 'send outcomes-landed'],
    ['after', 'send outcomes-landed'],
    ['after', 'append OutcomesLanded'],
    ['after', 'append PartitionEvaluated'],
    ['before', 'append PartitionMatured'],
    ['after', 'append PartitionMatured'],
  ])('%s "%s" is made good by the redelivered message', async (moment, effect) => {
    const crashing = await crashingAt(effect, moment);
    closeRecords();
    closeOutcomesThrough(5);
    await expect(runQuietly(memory)).rejects.toThrow(`crash ${moment} ${effect}`);
    crashing.stop();
    await runQuietly(memory);
    expect(await history()).toEqual(WHOLE_STORY);
    expect(memory.sent).toEqual([]);
  });
});
