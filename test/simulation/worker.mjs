import { register } from 'tsx/esm/api';

// Node 20 does not pass --import tsx on to a worker.
register();
await import('./worker.ts');
