import { composeWithoutReader } from '../composition-without-reader.ts';
import { observability } from '../observability.ts';
import { reviewHandler } from '../review-handler.ts';

const { pipeline, announcements } = composeWithoutReader(process.env);

export const handler = reviewHandler(pipeline, announcements, observability('review'));
