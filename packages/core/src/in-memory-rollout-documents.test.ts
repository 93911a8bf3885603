import { inMemoryRolloutDocuments } from './in-memory-rollout-documents.ts';
import { rolloutDocumentsContract } from './testing/rollout-documents.contract.ts';

rolloutDocumentsContract('in memory', inMemoryRolloutDocuments);
