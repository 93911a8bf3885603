import { Writable } from 'node:stream';
import { exampleDefinition } from '@penumbra/core/testing/example-definition';
import { inMemoryPipeline } from '@penumbra/core/testing/in-memory-pipeline';
import { describe, expect, it } from 'vitest';
import type { Announcement } from './announcements.ts';
import { observability } from './observability.ts';
import { reviewHandler } from './review-handler.ts';

const silent = new Writable({ write: (_chunk, _encoding, done) => done() });

async function twoDeployments() {
  const memory = inMemoryPipeline();
  Object.assign(memory.pipeline, { now: () => '2001-02-06T06:00:00Z' });
  for (const deployment of ['rebooking', 'upgrades']) {
    await memory.register({ ...exampleDefinition, deployment }, '2001-02-03');
    await memory.pipeline.deployments.add(deployment);
  }
  const told: Announcement[] = [];
  const refusing = { times: 0 };
  const announcements = {
    publish: async (all: readonly Announcement[]) => {
      refusing.times -= 1;
      if (refusing.times >= 0) throw new Error('the bus is away');
      told.push(...all);
    },
  };
  const reviewed = async (deployment: string) =>
    (await memory.events(deployment)).flatMap(({ event }) =>
      event.type === 'RolloutReviewed' ? [event.data.asOf] : [],
    );
  const handler = reviewHandler(memory.pipeline, announcements, observability('review', silent));
  return { memory, told, refusing, reviewed, handler };
}

describe('the daily review', () => {
  it('is as of yesterday for every registered deployment, once, however often the scheduler calls', async () => {
    const { handler, reviewed } = await twoDeployments();
    await handler({});
    await handler(undefined);
    expect(await reviewed('rebooking')).toEqual(['2001-02-05']);
    expect(await reviewed('upgrades')).toEqual(['2001-02-05']);
  });

  it('is of the deployment and as of the date that it was asked for', async () => {
    const { handler, reviewed } = await twoDeployments();
    await handler({ deployment: 'upgrades', asOf: '2001-02-04' });
    expect(await reviewed('upgrades')).toEqual(['2001-02-04']);
    expect(await reviewed('rebooking')).toEqual([]);
  });

  it.each([
    [{ deployment: '' }, 'deployment'],
    [{ deployment: 'rebooking', asOf: '2001-02-30' }, 'asOf'],
    [{ deployment: 'nobody' }, '1 deployments could not be reviewed'],
  ])('fails on %j, so that the scheduler tells', async (request, named) => {
    const { handler, reviewed } = await twoDeployments();
    await expect(handler(request)).rejects.toThrow(named);
    expect(await reviewed('rebooking')).toEqual([]);
  });

  it('goes on after a deployment that cannot be reviewed, and fails in the end', async () => {
    const { handler, memory, reviewed } = await twoDeployments();
    await memory.pipeline.deployments.add('aaa-never-registered');
    await expect(handler({})).rejects.toThrow('1 deployments could not be reviewed');
    expect(await reviewed('upgrades')).toEqual(['2001-02-05']);
  });

  it('is told of, and told of again where nobody heard: what is told comes from the state', async () => {
    const { handler, told, refusing } = await twoDeployments();
    const names = () => told.flatMap(({ detail }) => ('deployment' in detail ? [detail.deployment] : []));
    refusing.times = 1;
    await expect(handler({})).rejects.toThrow('1 deployments could not be reviewed');
    expect(names()).toEqual(['upgrades']);
    await handler({});
    expect(names()).toEqual(['upgrades', 'rebooking', 'upgrades']);
    expect(told[0]).toMatchObject({ type: 'RolloutReviewed', detail: { asOf: '2001-02-05' } });
  });

  it('is told of once more as a digest of all deployments, also of those that could not be reviewed', async () => {
    const { handler, told, memory } = await twoDeployments();
    await memory.pipeline.deployments.add('aaa-never-registered');
    await expect(handler({})).rejects.toThrow();
    const text = expect.stringMatching(
      /1 deployment not reviewed\n\naaa-never-registered: not reviewed: there is no deployment.*\n\nrebooking: 0 of \d slices? served\n/,
    );
    expect(told.at(-1)).toEqual({
      type: 'DailyDigest',
      detail: {
        asOf: '2001-02-05',
        deploymentCount: 3,
        deployments: ['aaa-never-registered', 'rebooking', 'upgrades'],
        text,
      },
    });
  });

  it('that somebody asked for makes no digest', async () => {
    const { handler, told } = await twoDeployments();
    await handler({ deployment: 'upgrades' });
    expect(told.map(({ type }) => type)).toEqual(['RolloutReviewed']);
  });
});
