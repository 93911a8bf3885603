import { inMemoryExposureBatches } from './in-memory-exposure-batches.ts';
import { exposureBatchesContract } from './testing/exposure-batches.contract.ts';

exposureBatchesContract('in memory', inMemoryExposureBatches);
