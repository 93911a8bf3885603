import { createApi } from '../api/app.ts';
import { lambdaHandler } from '../api/lambda.ts';
import type { Failure } from '../api/settings.ts';
import { composeApi } from '../api-composition.ts';
import { observability } from '../observability.ts';

const { ports, settings } = composeApi(process.env);
const { logger } = observability('api');
const onFailure = (failure: Failure) =>
  logger.error('failed; the caller saw an internal error', { ...failure });

export const handler = lambdaHandler(createApi({ ...ports, onFailure }, settings));
