import { awsError } from './aws-error.ts';
import { type BatchStrategy, checkPayloadLimit, type TransformRequest } from './transform-request.ts';

export type TransformParameters = {
  maxConcurrentTransforms: number;
  /** Infinity where payloads are sent in chunks, without a limit (MaxPayloadInMB 0). */
  maxPayloadBytes: number;
  batchStrategy: BatchStrategy;
  timeoutSeconds: number;
  maxRetries: number;
};

const DEFAULT_PAYLOAD_MB = 6;
const ANSWER_LIMIT_MS = 2_000;

/** What a container is told about the job that starts it. */
export function containerEnvironment(request: TransformRequest): Record<string, string> {
  return {
    ...request.Environment,
    SAGEMAKER_BATCH: 'true',
    SAGEMAKER_MAX_PAYLOAD_IN_MB: String(request.MaxPayloadInMB ?? DEFAULT_PAYLOAD_MB),
    SAGEMAKER_BATCH_STRATEGY: request.BatchStrategy === 'SingleRecord' ? 'SINGLE_RECORD' : 'MULTI_RECORD',
    SAGEMAKER_MAX_CONCURRENT_TRANSFORMS: String(request.MaxConcurrentTransforms || 1),
  };
}

/**
 * The request's own values, then what the container says at `GET /execution-parameters`, then the defaults.
 *
 * @throws ValidationException when together they ask for more than 100 MB.
 */
export async function transformParameters(
  request: TransformRequest,
  url: string,
): Promise<TransformParameters> {
  const suggested = await executionParameters(url);
  const maxConcurrentTransforms = request.MaxConcurrentTransforms || suggested.maxConcurrentTransforms || 1;
  const megabytes = request.MaxPayloadInMB ?? suggested.maxPayloadInMB ?? DEFAULT_PAYLOAD_MB;
  checkPayloadLimit(maxConcurrentTransforms, megabytes);
  if (megabytes > 100)
    throw awsError('ValidationException', `MaxPayloadInMB (${megabytes}) cannot exceed 100`);
  return {
    maxConcurrentTransforms,
    maxPayloadBytes: megabytes === 0 ? Number.POSITIVE_INFINITY : megabytes * 1024 * 1024,
    batchStrategy: request.BatchStrategy ?? suggested.batchStrategy ?? 'MultiRecord',
    timeoutSeconds: request.ModelClientConfig?.InvocationsTimeoutInSeconds ?? 600,
    maxRetries: request.ModelClientConfig?.InvocationsMaxRetries ?? 3,
  };
}

type Suggested = { maxConcurrentTransforms?: number; maxPayloadInMB?: number; batchStrategy?: BatchStrategy };

// The path is optional: a container that does not know it, or answers something else, suggests nothing.
async function executionParameters(url: string): Promise<Suggested> {
  let told: Record<string, unknown>;
  try {
    const response = await fetch(`${url}/execution-parameters`, {
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
    });
    const body = await response.text();
    if (response.status !== 200) return {};
    told = JSON.parse(body);
  } catch {
    return {};
  }
  const suggested: Suggested = {};
  const {
    MaxConcurrentTransforms: concurrent,
    MaxPayloadInMB: megabytes,
    BatchStrategy: strategy,
  } = told ?? {};
  if (Number.isInteger(concurrent) && Number(concurrent) > 0)
    suggested.maxConcurrentTransforms = Number(concurrent);
  if (Number.isInteger(megabytes) && Number(megabytes) >= 0) suggested.maxPayloadInMB = Number(megabytes);
  if (strategy === 'SINGLE_RECORD' || strategy === 'SingleRecord') suggested.batchStrategy = 'SingleRecord';
  if (strategy === 'MULTI_RECORD' || strategy === 'MultiRecord') suggested.batchStrategy = 'MultiRecord';
  return suggested;
}
