import type { Message } from '@penumbra/core/pipeline/messages';
import { exampleDefinition } from '@penumbra/core/testing/example-definition';
import { foldersOf, inMemoryPipeline, runQuietly } from '@penumbra/core/testing/in-memory-pipeline';
import { describe, expect, it } from 'vitest';
import type { Cluster } from './cluster.ts';
import { bringBack } from './sweeping.ts';
import { type Trial, trialsOf } from './trial-state.ts';

const DATE = '2001-02-03';

/** One trial whose records are closed, and the cluster as a sweep sees it. */
async function closedTrial() {
  const memory = inMemoryPipeline();
  Object.assign(memory.pipeline, { now: () => '2001-02-04T06:00:00Z' });
  const [trial] = trialsOf(1, undefined) as [Trial];
  await memory.register({ ...exampleDefinition, deployment: trial.deployment }, DATE);
  const sent: Message[] = [];
  const written: string[] = [];
  const bucket = { write: async (key: string) => written.push(key) };
  const cluster = {
    clean: () => ({ pipeline: memory.pipeline, bucket }),
    send: async (message: Message) => sent.push(message),
  } as unknown as Cluster;
  memory.close(foldersOf(trial.deployment).records(DATE), ['r1', 'r2']);
  return { memory, trial, cluster, sent, written };
}

describe('a trial that does not go on', () => {
  it('is swept where a message was dropped, and once for it', async () => {
    const { memory, trial, cluster, sent } = await closedTrial();
    for (const message of [...memory.sent]) memory.lose(message);
    trial.dropped.push({ deployment: trial.deployment, date: DATE });
    expect(await bringBack(cluster, trial, 'sweep 1')).toBe(true);
    expect(sent).toMatchObject([{ queue: 'partition-ready', body: { date: DATE } }]);
    expect(await bringBack(cluster, trial, 'sweep 2'), 'nothing was dropped since').toBe(false);
  });

  it('gets its file back where one was cut off, and then only what the sweep finds', async () => {
    const { memory, trial, cluster, written } = await closedTrial();
    await runQuietly(memory);
    trial.truncated.set(DATE, { key: 'cut', bytes: Buffer.from('whole') });
    expect(await bringBack(cluster, trial, 'sweep 1'), 'no look waits for it').toBe(false);
    expect(written).toEqual(['cut']);
  });

  it('is stuck where a message was dropped that the sweep does not miss', async () => {
    const { memory, trial, cluster, sent } = await closedTrial();
    await runQuietly(memory);
    trial.dropped.push({ deployment: trial.deployment, date: DATE });
    expect(await bringBack(cluster, trial, 'sweep 1')).toBe(false);
    expect(sent).toEqual([]);
  });

  it('is stuck where nothing was dropped, though a sweep would help', async () => {
    const { memory, trial, cluster, sent } = await closedTrial();
    for (const message of [...memory.sent]) memory.lose(message);
    expect(await bringBack(cluster, trial, 'sweep 1')).toBe(false);
    expect(sent).toEqual([]);
  });
});
