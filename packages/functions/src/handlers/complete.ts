import { composeWithoutReader } from '../composition-without-reader.ts';
import { observability } from '../observability.ts';
import { queueHandler } from '../queue-handler.ts';

const { pipeline, deadLetters } = composeWithoutReader(process.env);

export const handler = queueHandler(
  'transform-complete',
  pipeline,
  observability('complete'),
  deadLetters.notes,
);
