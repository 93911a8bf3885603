import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { messageOf } from './aws-error.ts';
import type { Models } from './models.ts';
import { createSemaphore } from './ordered-concurrency.ts';
import { outputLocation, parseS3Uri, type S3Location } from './s3-location.ts';
import { transformFile } from './transform-file.ts';
import { containerEnvironment, transformParameters } from './transform-parameters.ts';
import type { TransformRequest } from './transform-request.ts';

const SHOWN_FAILURES = 3;
/** The length that the API gives to FailureReason. */
const MAX_REASON = 1024;

/**
 * Runs a whole transform: every object under the input prefix, each on its own. A bad one gets no output, and the
 * others go on.
 *
 * @throws with the FailureReason of the job, or the signal's reason when the job was stopped.
 */
export async function runTransform(
  request: TransformRequest,
  s3: S3Client,
  models: Models,
  signal: AbortSignal,
): Promise<void> {
  const source = parseS3Uri(request.TransformInput.DataSource.S3DataSource.S3Uri);
  const inputs = await listInputs(s3, source, signal);
  if (inputs.length === 0) {
    throw new Error(`ClientError: No S3 objects found under S3 URL "s3://${source.bucket}/${source.key}".`);
  }
  const model = await models.lease(request.ModelName, containerEnvironment(request)).catch((error) => {
    throw new Error(`AlgorithmError: ${messageOf(error)}`.slice(0, MAX_REASON));
  });
  const failures: string[] = [];
  try {
    signal.throwIfAborted();
    const parameters = await transformParameters(request, model.url);
    const limit = parameters.maxConcurrentTransforms;
    const invocations = createSemaphore(limit);
    const transform = { s3, request, parameters, modelUrl: model.url, invocations, signal };
    const queue = inputs.values();
    const worker = async () => {
      for (const input of queue) {
        const output = outputLocation(request.TransformOutput.S3OutputPath, source.key, input.key);
        await transformFile(input, output, transform).catch((error) => {
          signal.throwIfAborted();
          failures.push(`bucket=${input.bucket}, key=${input.key}: ${messageOf(error)}`);
        });
      }
    };
    await Promise.all(Array.from({ length: Math.min(limit, inputs.length) }, worker));
    if (failures.length > 0) throw new Error(failureReason(failures, inputs.length, model.exitReason()));
  } finally {
    model.release();
  }
}

function failureReason(failures: string[], files: number, exitReason: string | undefined): string {
  const shown = failures.slice(0, SHOWN_FAILURES).join('; ');
  const container = exitReason ? ` The container ${exitReason}.` : '';
  const summary = `AlgorithmError: ${failures.length} of ${files} files could not be transformed.${container} ${shown}`;
  return summary.slice(0, MAX_REASON);
}

async function listInputs(
  s3: S3Client,
  { bucket, key }: S3Location,
  signal: AbortSignal,
): Promise<S3Location[]> {
  const inputs: S3Location[] = [];
  let token: string | undefined;
  do {
    const page = await s3.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: key, ...(token && { ContinuationToken: token }) }),
      { abortSignal: signal },
    );
    for (const { Key = '' } of page.Contents ?? []) {
      // What consoles make to show an empty folder is no data.
      if (!Key.endsWith('/')) inputs.push({ bucket, key: Key });
    }
    token = page.NextContinuationToken;
  } while (token);
  return inputs;
}
