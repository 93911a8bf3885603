import { Writable } from 'node:stream';
import type { Pipeline } from '@penumbra/core/pipeline/ports';
import { exampleDefinition } from '@penumbra/core/testing/example-definition';
import { foldersOf, inMemoryPipeline } from '@penumbra/core/testing/in-memory-pipeline';
import { describe, expect, it } from 'vitest';
import type { Announcement } from './announcements.ts';
import { observability } from './observability.ts';
import { sweepHandler } from './sweep-handler.ts';

/** Two deployments, one of which has a day whose message was lost. */
async function twoDeployments() {
  const memory = inMemoryPipeline();
  Object.assign(memory.pipeline, { now: () => '2001-02-04T12:00:00Z' });
  for (const deployment of ['rebooking', 'quiet']) {
    await memory.register({ ...exampleDefinition, deployment }, '2001-02-03');
    await memory.pipeline.deployments.add(deployment);
  }
  memory.close(foldersOf('rebooking').records('2001-02-03'), ['r1']);
  if (memory.sent[0]) memory.lose(memory.sent[0]);
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const metrics = () =>
    lines
      .map((line): Record<string, unknown> => JSON.parse(line))
      .filter((line) => '_aws' in line)
      .map(({ _aws, ...values }) => values);
  const told: Announcement[] = [];
  const announcements = { publish: async (all: readonly Announcement[]) => void told.push(...all) };
  const handlerOf = (pipeline: Pipeline) =>
    sweepHandler(pipeline, announcements, observability('sweep', sink));
  return { memory, metrics, handlerOf, told };
}

describe('the sweep on a schedule', () => {
  it('sweeps every registered deployment, and counts what it finds by kind, nothing too', async () => {
    const { memory, metrics, handlerOf } = await twoDeployments();
    await handlerOf(memory.pipeline)({});
    expect(memory.sent).toMatchObject([{ queue: 'partition-ready', body: { deployment: 'rebooking' } }]);
    expect(metrics()).toMatchObject([
      { deployment: 'quiet', NeverReady: 1, ReadyNotSubmitted: 0, MatureNotReviewed: 0 },
      { deployment: 'rebooking', NeverReady: 1, TransformOverdue: 0, OutcomesOpen: 0 },
    ]);
  });

  it('sweeps only those that it is asked for', async () => {
    const { memory, metrics, handlerOf } = await twoDeployments();
    await handlerOf(memory.pipeline)({ deployments: ['quiet'] });
    expect(metrics()).toHaveLength(1);
    await expect(handlerOf(memory.pipeline)({ deployments: 'quiet' })).rejects.toThrow('expected array');
  });

  it('goes on after a deployment that cannot be swept, and fails in the end', async () => {
    const { memory, metrics, handlerOf } = await twoDeployments();
    await memory.pipeline.deployments.add('aaa-never-registered');
    await expect(handlerOf(memory.pipeline)(undefined)).rejects.toThrow('1 deployments could not be swept');
    expect(metrics()).toMatchObject([
      { deployment: 'aaa-never-registered', SweepFailed: 1 },
      { deployment: 'quiet' },
      { deployment: 'rebooking', NeverReady: 1 },
    ]);
  });
});
