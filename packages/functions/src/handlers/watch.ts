import { compose } from '../composition.ts';
import { observability } from '../observability.ts';
import { queueHandler } from '../queue-handler.ts';

const { pipeline, deadLetters } = compose(process.env);

export const handler = queueHandler(
  'transform-submitted',
  pipeline,
  observability('watch'),
  deadLetters.notes,
);
