import { inMemoryRolloutSnapshots } from './in-memory-rollout-snapshots.ts';
import { rolloutSnapshotsContract } from './testing/rollout-snapshots.contract.ts';

rolloutSnapshotsContract('in memory', inMemoryRolloutSnapshots);
