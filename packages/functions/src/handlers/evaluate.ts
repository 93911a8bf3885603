import { compose } from '../composition.ts';
import { observability } from '../observability.ts';
import { queueHandler } from '../queue-handler.ts';

export const handler = queueHandler(
  'outcomes-landed',
  compose(process.env).pipeline,
  observability('evaluate'),
);
