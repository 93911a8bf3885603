import { compose } from '../composition.ts';
import { observability } from '../observability.ts';
import { sweepHandler } from '../sweep-handler.ts';

export const handler = sweepHandler(compose(process.env).pipeline, observability('sweep'));
