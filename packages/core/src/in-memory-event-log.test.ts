import { inMemoryEventLog } from './in-memory-event-log.ts';
import { eventLogContract } from './testing/event-log.contract.ts';

eventLogContract('the log in memory', async () => ({ log: inMemoryEventLog() }));
