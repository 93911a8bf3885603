import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createClient } from './client.ts';
import { fileSource } from './file-source.ts';
import { documentOf, killedOf } from './testing/documents.ts';
import { fakeClock } from './testing/fake-clock.ts';

const west = { unit: 'u', airport: 'SFO' };
const endings: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of endings.splice(0)) await end();
});

async function given(content: string | undefined = JSON.stringify(documentOf())) {
  const folder = await mkdtemp(join(tmpdir(), 'penumbra-client-'));
  const path = join(folder, 'rebooking.json');
  if (content !== '') await writeFile(path, content);
  const clock = fakeClock();
  const source = fileSource({ path: (deployment) => join(folder, `${deployment}.json`) });
  const client = createClient({ deployments: ['rebooking'], source, clock });
  endings.push(client.close, () => rm(folder, { recursive: true }));
  await client.ready();
  const told: string[] = [];
  client.on('changed', ({ document }) => told.push(`changed to ${document.version}`));
  client.on('failed', ({ error }) => told.push(error.reason));
  client.on('recovered', () => told.push('recovered'));
  /** One look at the file, to its end. */
  const look = async () => {
    const waiting = clock.waiting();
    clock.advance(1000);
    await vi.waitFor(() => expect(clock.waiting()).toBe(waiting));
  };
  await vi.waitFor(() => expect(clock.waiting()).toBeGreaterThan(0));
  return { client, clock, path, told, look };
}

describe('documents in a file', () => {
  it('are seen when the file is replaced by a rename', async () => {
    const { client, path, look, told } = await given();
    expect(client.decide('rebooking', west).arm).toBe('challenger');
    await writeFile(`${path}.new`, JSON.stringify(killedOf(documentOf())));
    await rename(`${path}.new`, path);
    await look();
    await look();
    expect(client.decide('rebooking', west).reason).toBe('SHADOW');
    expect(told).toEqual(['changed to 3']);
  });

  it('serve on while the file is half written or gone, and come back with it', async () => {
    const { client, path, look, told } = await given();
    await writeFile(path, '{"deployment":"reb');
    await look();
    await rm(path);
    await look();
    expect(client.decide('rebooking', west).arm).toBe('challenger');
    await writeFile(path, JSON.stringify(documentOf()));
    await look();
    expect(told).toEqual(['UNREADABLE', 'UNREACHABLE', 'recovered']);
  });

  it.each([
    ['', 'UNREACHABLE'],
    ['not JSON', 'UNREADABLE'],
    ['{}', 'UNREADABLE'],
  ])('that are not there from the start (%j) leave the incumbent: %s', async (content, reason) => {
    const { client } = await given(content);
    expect(client.decide('rebooking', west)).toMatchObject({ arm: 'incumbent', reason });
  });

  it('leave no timer behind after close', async () => {
    const { client, clock } = await given();
    await client.close();
    expect(clock.waiting()).toBe(0);
  });
});
