import { composeWithoutReader } from '../composition-without-reader.ts';
import { observability } from '../observability.ts';
import { sweepHandler } from '../sweep-handler.ts';

const { pipeline, announcements } = composeWithoutReader(process.env);

export const handler = sweepHandler(pipeline, announcements, observability('sweep'));
