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
import { reevaluate } from './reevaluate.ts';
import { revise } from './revise.ts';
import { sweep } from './sweep.ts';

const DEPLOYMENT = 'rebooking';
const DATE = '2001-02-03';
const { records, predictions, outcomes } = foldersOf(DEPLOYMENT);
const partition = { deployment: DEPLOYMENT, date: DATE };

/** Looks at ages of 1 (provisional) and 2 (maturity), each by a query. */
const definition: Definition = {
  ...exampleRegression,
  deployment: DEPLOYMENT,
  outcomes: { ...exampleDefinition.outcomes, maturityDays: 2, watchDays: 0 },
  evaluation: {
    engine: 'athena',
    autoBytes: 100,
    athena: { maxBytesScanned: 10_000_000, maxAttempts: 2 },
  },
};

let memory: InMemoryPipeline;
beforeEach(async () => {
  memory = inMemoryPipeline();
  await memory.register(definition, '2001-02-01');
});

const IDS = ['r1', 'r2', 'r3', 'r4'];
/** Closes everything that the looks up to an age need, and leaves the messages where they are. */
function closeUpTo(age: number): void {
  memory.close(records(DATE), IDS);
  memory.close(
    predictions(DATE),
    IDS.map((id) => `${id},0.5`),
  );
  for (let day = 3; day <= 3 + age; day += 1) {
    memory.close(outcomes(`2001-02-0${day}`), day === 4 ? IDS.map((id) => `${id},1`) : []);
  }
}

async function history(): Promise<string[]> {
  const events = await memory.events(DEPLOYMENT);
  return events.filter(({ stream }) => stream === `day/${DATE}`).map(tell);
}

function tell({ event }: StoredEvent): string {
  switch (event.type) {
    case 'QuerySubmitted':
      return `queried as of ${event.data.asOf}, attempt ${event.data.attempt}`;
    case 'QuerySucceeded':
      return `${event.data.bytesScanned} bytes scanned`;
    case 'QueryFailed':
      return `${event.data.status}, ${event.data.retry ? 'to be retried' : 'given up'}: ${event.data.reason}`;
    case 'OutcomesLanded':
      return `outcomes as of ${event.data.asOf}`;
    case 'PartitionRejected':
      return `${event.data.step} rejected`;
    case 'PartitionEvaluated':
      return `evaluated by ${event.data.engine?.engine}`;
    default:
      return event.type;
  }
}

const LANDED = ['PartitionReady', 'PredictionsLanded', 'outcomes as of 2001-02-04'];
const QUERIED = [...LANDED, 'queried as of 2001-02-04, attempt 1'];
const LOOKED = [...QUERIED, '1000 bytes scanned', 'evaluated by athena'];

const waiting = (queue: QueueName): Message => {
  const message = memory.sent.find((sent) => sent.queue === queue);
  if (!message) throw new Error(`no message waits in ${queue}`);
  return message;
};
/** Delivers everything but what the watcher is sent, while queries run on. */
async function deliverAll(): Promise<void> {
  for (;;) {
    const message = memory.sent.find(({ queue }) => queue !== 'transform-submitted');
    if (!message) return;
    await memory.deliver(message);
  }
}
const running = (): string => {
  const [id] = memory.queries.running();
  if (id === undefined) throw new Error('no query runs');
  return id;
};
const failing = (mayPass: boolean) => () =>
  ({ status: 'failed', kind: 'FAILED', reason: 'out of resources', mayPass }) as const;
/** What a sweep finds of the date, two days later. */
async function findings() {
  const late = { ...memory.pipeline, now: () => '2001-02-05T18:00:00.000Z' };
  return (await sweep(late, { deployment: DEPLOYMENT })).filter(({ date }) => date === DATE);
}
/** What the newest event of the day says. */
const lastOfDay = async () => {
  const events = await memory.events(DEPLOYMENT);
  return events.filter(({ stream }) => stream === `day/${DATE}`).at(-1)?.event.data;
};
const why = async () => notAssessable((await loadDay(memory.pipeline, partition)).state);

describe('a day that is compared by queries', () => {
  it('has one for each look, and is mature as any other', async () => {
    closeUpTo(2);
    await runQuietly(memory);
    expect(await history()).toEqual([
      ...LOOKED,
      'outcomes as of 2001-02-05',
      'queried as of 2001-02-05, attempt 1',
      '1000 bytes scanned',
      'evaluated by athena',
      'PartitionMatured',
    ]);
    expect(memory.sent).toEqual([]);
  });

  it('is known by its query, whose end names no deployment', async () => {
    closeUpTo(1);
    await deliverAll();
    memory.queries.end(running());
    expect(Object.keys(waiting('outcomes-landed').body)).toEqual(['queryExecutionId', 'causationId']);
    await deliverAll();
    expect(await history()).toEqual(LOOKED);
  });

  it('hears nothing of queries that are none of ours', async () => {
    const body = { queryExecutionId: 'of somebody else', causationId: '' };
    await memory.deliver({ queue: 'outcomes-landed', body });
    expect(await history()).toEqual([]);
  });

  it('is looked at by the watcher, which finds the end that no event told of', async () => {
    closeUpTo(1);
    await deliverAll();
    const watched = waiting('transform-submitted');
    await memory.deliver(watched);
    expect(new Set(memory.sent.map(({ queue }) => queue))).toEqual(new Set(['transform-submitted']));
    memory.queries.end(running());
    memory.lose(waiting('outcomes-landed'));
    await memory.deliver(waiting('transform-submitted'));
    await deliverAll();
    expect(await history()).toEqual(LOOKED);
  });

  /** Everything up to the message that has the query submitted. */
  async function deliverUpToPredictions(): Promise<void> {
    for (const queue of ['partition-ready', 'partition-ready'] as const) await memory.deliver(waiting(queue));
    for (const message of [...memory.sent]) memory.lose(message);
    expect(await history()).toEqual(LANDED.slice(0, 2));
  }
  const due = { queue: 'outcomes-landed', body: { ...partition, causationId: '' } } as const;

  it('has its query watched from its submission on', async () => {
    closeUpTo(1);
    await deliverUpToPredictions();
    await memory.deliver(due);
    expect(memory.sent).toMatchObject([
      { queue: 'transform-submitted', body: { queryExecutionId: running() }, delaySeconds: 60 },
    ]);
  });

  it('has its query watched although the worker died before it could say so', async () => {
    let crashes = 1;
    memory = inMemoryPipeline({
      onEffect: (moment, effect) => {
        if (effect !== 'send transform-submitted' || moment === 'after' || crashes === 0) return;
        crashes -= 1;
        throw new Error('the worker dies');
      },
    });
    await memory.register(definition, '2001-02-01');
    closeUpTo(1);
    await deliverUpToPredictions();
    await expect(memory.deliver(due)).rejects.toThrow('the worker dies');
    expect(await history()).toEqual(QUERIED);
    await memory.deliver(due);
    expect(memory.sent.map(({ queue }) => queue)).toEqual(['transform-submitted']);
    expect(memory.queries.submissions).toHaveLength(1);
  });

  it('asks in the name of the event that will tell of it', async () => {
    closeUpTo(1);
    await deliverAll();
    const [event] = (await memory.events(DEPLOYMENT)).filter(
      ({ event: { type } }) => type === 'QuerySubmitted',
    );
    expect(memory.queries.submissions).toEqual([event?.eventId]);
  });

  it('asks one query, however often its message comes', async () => {
    closeUpTo(1);
    await deliverAll();
    const body = { ...partition, causationId: 'again' };
    await memory.deliver({ queue: 'outcomes-landed', body });
    await memory.deliver({ queue: 'outcomes-landed', body });
    expect(memory.queries.submissions).toHaveLength(1);
    expect(await history()).toEqual(QUERIED);
  });

  it('asks for the same query again after a crash between asking and telling', async () => {
    let crashes = 1;
    memory = inMemoryPipeline({
      onEffect: (moment, effect) => {
        if (effect === 'append QuerySubmitted' && moment === 'before' && crashes > 0) {
          crashes -= 1;
          throw new Error('the worker dies');
        }
      },
    });
    await memory.register(definition, '2001-02-01');
    closeUpTo(1);
    await expect(deliverAll()).rejects.toThrow('the worker dies');
    await runQuietly(memory);
    expect(new Set(memory.queries.submissions).size).toBe(1);
    expect(memory.queries.submissions.length).toBeGreaterThan(1);
    expect(await history()).toEqual(LOOKED);
  });

  it('waits where a quota is used up, and asks again in a while', async () => {
    memory.queries.answer = () => ({ status: 'later', reason: 'too many' });
    closeUpTo(1);
    const late = () => memory.sent.find(({ delaySeconds }) => delaySeconds === 300);
    for (let steps = 0; steps < 20 && !late(); steps += 1) {
      const [message] = memory.sent;
      if (message) await memory.deliver(message);
    }
    expect(late()).toMatchObject({ queue: 'outcomes-landed', body: partition });
    expect(await history()).toEqual(LANDED);
    memory.queries.answer = () => undefined;
    await runQuietly(memory);
    expect(await history()).toEqual(LOOKED);
  });
});

describe('a query that fails', () => {
  it('is asked again, as often as the definition says; then the look is given up', async () => {
    memory.queries.script = failing(true);
    closeUpTo(1);
    await runQuietly(memory);
    expect(await history()).toEqual([
      ...QUERIED,
      'FAILED, to be retried: out of resources',
      'queried as of 2001-02-04, attempt 2',
      'FAILED, given up: out of resources',
    ]);
    expect(await why()).toBe('query failed 2 times: out of resources');
  });

  it('is not asked again where the same one fails again', async () => {
    memory.queries.script = failing(false);
    closeUpTo(1);
    await runQuietly(memory);
    expect(await history()).toEqual([...QUERIED, 'FAILED, given up: out of resources']);
  });

  it('stands in no later look’s way', async () => {
    memory.queries.script = ({ asOf }) =>
      asOf === '2001-02-04' ? failing(false)() : { status: 'succeeded' };
    closeUpTo(2);
    await runQuietly(memory);
    expect((await history()).slice(-3)).toEqual([
      '1000 bytes scanned',
      'evaluated by athena',
      'PartitionMatured',
    ]);
    expect(await why()).toBeUndefined();
  });

  it('is asked anew under a revised definition, once the sweep finds the look', async () => {
    memory.queries.script = failing(false);
    closeUpTo(1);
    await runQuietly(memory);
    expect(await findings()).toEqual([]);
    const revised = { ...definition, description: 'files that are better laid out' };
    await revise(memory.pipeline, {
      definition: revised,
      actor: { kind: 'person', name: 'ada' },
    });
    memory.queries.script = () => ({ status: 'succeeded' });
    expect(await findings()).toMatchObject([{ kind: 'complete-not-evaluated' }]);
    await runQuietly(memory);
    expect((await history()).at(-1)).toBe('evaluated by athena');
  });

  it('is asked again where its result is gone before it was read', async () => {
    closeUpTo(1);
    await deliverAll();
    memory.queries.forget(running());
    memory.queries.end(running());
    await runQuietly(memory);
    expect(await history()).toEqual([
      ...QUERIED,
      '1000 bytes scanned',
      'MISSING, to be retried: its result is gone: it was kept for a few days only',
      'queried as of 2001-02-04, attempt 2',
      '1000 bytes scanned',
      'evaluated by athena',
    ]);
  });

  it('is found by the sweep where nobody heard of its end', async () => {
    closeUpTo(1);
    await deliverAll();
    memory.queries.end(running());
    for (const message of [...memory.sent]) memory.lose(message);
    expect(await findings()).toMatchObject([
      { kind: 'query-overdue', date: DATE, message: { queue: 'outcomes-landed' } },
    ]);
    await runQuietly(memory);
    expect(await history()).toEqual(LOOKED);
  });
});

describe('a limit on bytes', () => {
  it('lets no query begin over files that have more', async () => {
    memory.close(records(DATE), [...IDS, 'r'.repeat(10_000_001)]);
    memory.close(
      predictions(DATE),
      IDS.map((id) => `${id},0.5`),
    );
    memory.close(outcomes('2001-02-03'), []);
    memory.close(outcomes('2001-02-04'), []);
    await runQuietly(memory);
    expect((await history()).at(-1)).toMatch(
      /^REJECTED, given up: the look's files have \d+ bytes, more than the 10000000 of evaluation\.athena\.maxBytesScanned$/,
    );
    expect(memory.queries.submissions).toEqual([]);
  });

  it('stops a query that scans more', async () => {
    closeUpTo(1);
    await deliverAll();
    memory.queries.scan(running(), 10_000_001);
    const id = running();
    await memory.deliver(waiting('transform-submitted'));
    expect(memory.queries.stopped).toEqual([id]);
    await runQuietly(memory);
    expect(await history()).toEqual([...QUERIED, 'CANCELLED, given up: it was stopped']);
  });
});

describe('files that change while a query reads them', () => {
  it.each([
    ['records', () => memory.put(records(DATE), ['other'])],
    ['records', () => memory.put(records(DATE), ['more'], 'part-1.csv')],
    ['predictions', () => memory.put(predictions(DATE), ['r1,0.7'])],
  ])('hold the day: %s (case %#)', async (step, change) => {
    closeUpTo(1);
    await deliverAll();
    change();
    await runQuietly(memory);
    expect(await history()).toEqual([...QUERIED, '1000 bytes scanned', `${step} rejected`]);
  });

  it('are read by a query of their own where they are outcomes', async () => {
    closeUpTo(1);
    await deliverAll();
    memory.put(outcomes('2001-02-04'), ['r1,0'], 'part-1.csv');
    await runQuietly(memory);
    expect(await history()).toEqual([
      ...QUERIED,
      '1000 bytes scanned',
      'outcomes as of 2001-02-04',
      'queried as of 2001-02-04, attempt 1',
      '1000 bytes scanned',
      'evaluated by athena',
    ]);
  });

  it('are queried once they are mended', async () => {
    closeUpTo(1);
    await deliverAll();
    memory.put(records(DATE), ['other']);
    await runQuietly(memory);
    memory.put(records(DATE), IDS);
    await memory.deliver({ queue: 'outcomes-landed', body: { ...partition, causationId: 'mended' } });
    await runQuietly(memory);
    expect((await history()).slice(-3)).toEqual([
      'queried as of 2001-02-04, attempt 1',
      '1000 bytes scanned',
      'evaluated by athena',
    ]);
  });
});

describe('the engine of a look', () => {
  const asking = async (engine: 'auto' | 'athena', autoBytes: number) => {
    memory = inMemoryPipeline();
    await memory.register(
      { ...definition, evaluation: { ...definition.evaluation, engine, autoBytes } },
      '2001-02-01',
    );
    return memory;
  };

  it('is decided by its bytes where the definition says auto, and its reason is in the log', async () => {
    for (const [autoBytes, by] of [
      [1000, 'lambda'],
      [10, 'athena'],
    ] as const) {
      await asking('auto', autoBytes);
      closeUpTo(1);
      await runQuietly(memory);
      expect((await history()).at(-1)).toBe(`evaluated by ${by}`);
      expect(await lastOfDay()).toMatchObject({
        engine: { engine: by, reason: expect.stringContaining('of evaluation.autoBytes') },
      });
    }
  });

  it('is the function where no query can compare by the definition', async () => {
    await asking('auto', 10);
    memory.queries.unfit = () => 'Athena does not read such files';
    memory.pipeline.queries.unfit = memory.queries.unfit;
    closeUpTo(1);
    await runQuietly(memory);
    expect(await lastOfDay()).toMatchObject({
      engine: { engine: 'lambda', reason: 'Athena does not read such files' },
    });
  });

  it('is the function where the records were taken in before queries were asked for', async () => {
    memory = inMemoryPipeline();
    const before = { ...definition, evaluation: { ...definition.evaluation, engine: 'lambda' as const } };
    await memory.register(before, '2001-02-01');
    memory.close(records(DATE), IDS);
    await runQuietly(memory);
    await revise(memory.pipeline, { definition, actor: { kind: 'person', name: 'ada' } });
    closeUpTo(1);
    await runQuietly(memory);
    expect((await history()).at(-1)).toBe('evaluated by lambda');
  });
});

describe('a mature day that is evaluated once more', () => {
  const mature = async () => {
    closeUpTo(2);
    await runQuietly(memory);
    expect((await history()).at(-1)).toBe('PartitionMatured');
  };

  it('is restated once its query has ended', async () => {
    await mature();
    memory.put(outcomes('2001-02-04'), ['r1,0'], 'part-1.csv');
    expect(await reevaluate(memory.pipeline, partition)).toEqual({ result: 'submitted', why: '' });
    expect(await reevaluate(memory.pipeline, partition)).toMatchObject({ result: 'skipped' });
    await runQuietly(memory);
    expect((await history()).slice(-3)).toEqual([
      'queried as of 2001-02-05, attempt 1',
      '1000 bytes scanned',
      'PartitionRestated',
    ]);
  });

  it('stays as it is where nothing changed, and may be asked again', async () => {
    await mature();
    await reevaluate(memory.pipeline, partition);
    await runQuietly(memory);
    expect((await history()).at(-1)).toBe('1000 bytes scanned');
    expect(await reevaluate(memory.pipeline, partition)).toEqual({ result: 'submitted', why: '' });
    await runQuietly(memory);
    expect((await history()).filter((told) => told === 'PartitionRestated')).toEqual([]);
  });

  it('stays as it is where its query fails', async () => {
    await mature();
    memory.queries.script = failing(true);
    await reevaluate(memory.pipeline, partition);
    await runQuietly(memory);
    expect((await history()).slice(-2)).toEqual([
      'queried as of 2001-02-05, attempt 2',
      'FAILED, given up: out of resources',
    ]);
    expect(await why()).toBeUndefined();
  });
});
