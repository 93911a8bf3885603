import { describe, expect, it } from 'vitest';
import { inMemoryEventLog } from '../in-memory-event-log.ts';
import { rolloutStream } from '../pipeline/deployments.ts';
import { type Loaded, load } from '../pipeline/execute.ts';
import type { RolloutSnapshots } from '../pipeline/ports.ts';
import type { RolloutState } from '../rollout.ts';
import { syntheticLog } from './synthetic-log.ts';

/** A rollout after so many days. */
export async function rolloutAfter(days: number, slices = 2): Promise<Loaded<RolloutState>> {
  const log = inMemoryEventLog();
  for (const event of syntheticLog('d', days, slices))
    if (event.stream === 'rollout') await log.append(event);
  return load(log, rolloutStream('d'));
}

/** What every store of snapshots promises; `open` gives one that holds nothing. */
export function rolloutSnapshotsContract(
  name: string,
  open: () => RolloutSnapshots | Promise<RolloutSnapshots>,
): void {
  describe(`snapshots of rollouts ${name}`, () => {
    it('are read as they were published', async () => {
      const snapshots = await open();
      const snapshot = await rolloutAfter(20);
      expect(snapshot.state.evidence.length).toBeGreaterThan(10);
      expect(await snapshots.read('d', 'whole')).toBeUndefined();
      expect(await snapshots.publish('d', snapshot)).toBe('published');
      expect(await snapshots.read('d', 'whole')).toEqual(snapshot);
      expect(await snapshots.read('other', 'whole')).toBeUndefined();
    });

    it('are in outline all but what grows with the days', async () => {
      const snapshots = await open();
      const snapshot = await rolloutAfter(20);
      await snapshots.publish('d', snapshot);
      expect(await snapshots.read('d', 'outline')).toEqual({
        ...snapshot,
        state: { ...snapshot.state, evidence: [], exposures: [] },
      });
    });

    it('are replaced by those of a later version only', async () => {
      const snapshots = await open();
      const [older, newer] = [await rolloutAfter(9), await rolloutAfter(12)];
      await snapshots.publish('d', newer);
      expect(await snapshots.publish('d', older)).toBe('stale');
      expect(await snapshots.publish('d', newer)).toBe('stale');
      expect(await snapshots.read('d', 'whole')).toEqual(newer);
      expect((await snapshots.read('d', 'outline'))?.version).toBe(newer.version);
    });
  });
}
