import { beforeEach, describe, expect, it } from 'vitest';
import { datesFrom } from '../calendar.ts';
import { BrokenStream, newReplay, type Projection } from '../replay.ts';
import { type InMemoryPipeline, runQuietly } from '../testing/in-memory-pipeline.ts';
import { byModel, foldersToClose, LAST_LANDED, newPipeline } from '../testing/six-days.ts';
import { rolloutStream } from './deployments.ts';
import { execute } from './execute.ts';
import { type Projections, ReplayLost, rebuild, replayLog } from './rebuild.ts';
import { review } from './review.ts';

/** Projections in memory, with a place to step in before the switch. */
function projectionsOf(beforeSwitch: () => Promise<void> = async () => undefined) {
  const written = new Map<number, Projection>();
  let current = 0;
  const projections: Projections = {
    current: async () => current,
    write: async (_, version, projection) => {
      written.set(version, structuredClone(projection));
    },
    read: async (_, version) => written.get(version),
    switchTo: async (_, version, from) => {
      await beforeSwitch();
      if (from !== current) return 'lost';
      current = version;
      return 'switched';
    },
  };
  return { projections, written, current: () => current };
}

let memory: Awaited<ReturnType<typeof newPipeline>>;

beforeEach(async () => {
  memory = await newPipeline(byModel);
  for (const close of foldersToClose(byModel)) close(memory);
  await runQuietly(memory);
  await review(memory.pipeline, { deployment: 'd', asOf: '2001-02-08' });
});

describe('a replay', () => {
  it('comes to the published document and windows, from the log alone, in a new version', async () => {
    const { projections, written, current } = projectionsOf();
    const { version, projection, replayed } = await rebuild({ ...memory.pipeline, projections }, 'd');
    expect([version, current()]).toEqual([1, 1]);
    expect(projection.document).toEqual(await memory.pipeline.documents.read('d'));
    expect(written.get(1)).toEqual(projection);
    expect(replayed.events).toBe((await memory.events('d')).length);
    const [week, , all] = projection.windows;
    expect(all).toMatchObject({ window: 'since start', overall: { days: 3, rows: 12 } });
    expect(week?.overall).toEqual(all?.overall);
    expect((await rebuild({ ...memory.pipeline, projections }, 'd')).version).toBe(2);
  });

  describe('comes to the windows that the daily reviews have kept up', () => {
    const reviewDaily = async (live: InMemoryPipeline, from: string, to: string) => {
      for (const asOf of datesFrom(from, to)) await review(live.pipeline, { deployment: 'd', asOf });
    };
    const expectReplayed = async ({ pipeline: { windows, log } }: InMemoryPipeline, asOf: string) => {
      const { projection } = await replayLog(log, 'd');
      const { document, windows: replayed, settled } = projection;
      expect(await windows.read('d')).toEqual({
        version: document.version,
        asOf,
        windows: replayed,
        settled,
      });
    };

    it('day by day', async () => {
      const live = await newPipeline(byModel);
      for (const close of foldersToClose(byModel)) close(live);
      await runQuietly(live);
      expect(await live.pipeline.windows.read('d')).toBeUndefined();
      await reviewDaily(live, '2001-02-01', LAST_LANDED);
      await expectReplayed(live, LAST_LANDED);
      const since = (await live.pipeline.windows.read('d'))?.windows.at(-1);
      expect(since).toMatchObject({ window: 'since start', overall: { days: 3, rows: 12 } });
    });

    it('also where days are mature already that a revised definition would let wait', async () => {
      const live = await newPipeline(byModel);
      for (const close of foldersToClose(byModel)) close(live);
      await runQuietly(live);
      await reviewDaily(live, '2001-02-01', '2001-02-09');
      const definition = { ...byModel, outcomes: { ...byModel.outcomes, maturityDays: 7 } };
      await execute(live.pipeline, rolloutStream('d'), () => ({
        command: { type: 'Revise' as const, definition },
      }));
      await reviewDaily(live, LAST_LANDED, LAST_LANDED);
      await expectReplayed(live, LAST_LANDED);
    });
  });

  it('publishes a review that was recorded while it ran', async () => {
    const { projections } = projectionsOf(async () => {
      // Recorded, and not yet published: its worker died there.
      const documents = { ...memory.pipeline.documents, publish: () => Promise.reject(new Error('dies')) };
      await review({ ...memory.pipeline, documents }, { deployment: 'd', asOf: LAST_LANDED }).catch(
        () => undefined,
      );
    });
    await rebuild({ ...memory.pipeline, projections }, 'd');
    expect((await memory.pipeline.documents.read('d'))?.asOf).toBe(LAST_LANDED);
  });

  it('that another one overtook does not switch back', async () => {
    const one = projectionsOf();
    const { projections } = one;
    let first = true;
    const overtaken: Projections = {
      ...projections,
      write: async (...args) => {
        await projections.write(...args);
        if (!first) return;
        first = false;
        await rebuild({ ...memory.pipeline, projections }, 'd');
      },
    };
    await expect(rebuild({ ...memory.pipeline, projections: overtaken }, 'd')).rejects.toThrow(ReplayLost);
    expect(one.current()).toBe(1);
  });

  it('of a log with a gap fails, and names the event', async () => {
    const replay = newReplay();
    const events = (await memory.events('d')).filter(({ eventId }) => !eventId.endsWith('2001-02-01/0002'));
    expect(() => events.forEach(replay.add)).toThrow(BrokenStream);
    expect(() => events.forEach(newReplay().add)).toThrow('d/day/2001-02-01/0003 stands where version 2');
  });

  it('until a time leaves out what each stream holds from then on', async () => {
    const events = await memory.events('d');
    const middle = events.map(({ at }) => at).sort()[Math.floor(events.length / 2)] ?? '';
    const replay = newReplay(middle);
    events.forEach(replay.add);
    expect(replay.result().events).toBe(events.filter(({ at }) => at <= middle).length);
    expect(replay.result().rollout.lastReview).toBeUndefined();
  });
});
