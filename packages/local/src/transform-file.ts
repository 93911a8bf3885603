import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { createDataProcessing, type DataProcessing, isCsvType } from './data-processing.ts';
import { invokeModel, type Payload, streamed } from './model-invocation.ts';
import { inOrder, type Semaphore } from './ordered-concurrency.ts';
import { createRecordSplitter } from './record-splitter.ts';
import type { S3Location } from './s3-location.ts';
import type { TransformParameters } from './transform-parameters.ts';
import { toPayloads } from './transform-payloads.ts';
import type { TransformRequest } from './transform-request.ts';

export type FileTransform = {
  s3: S3Client;
  request: TransformRequest;
  parameters: TransformParameters;
  modelUrl: string;
  /** Shared by the files of a job: MaxConcurrentTransforms is a limit on all of its requests. */
  invocations: Semaphore;
  signal: AbortSignal;
};

/**
 * Transforms one object. Its output appears whole, or, when anything goes wrong, not at all.
 *
 * @throws with what went wrong, in the words of FailureReason.
 */
export async function transformFile(
  input: S3Location,
  output: S3Location,
  transform: FileTransform,
): Promise<void> {
  // Ends what still runs for this file once it is known to be bad.
  const failed = new AbortController();
  const signal = AbortSignal.any([transform.signal, failed.signal]);
  const invoke = (payload: Payload) =>
    transform.invocations(() => {
      signal.throwIfAborted();
      return invokeModel(payload, {
        url: transform.modelUrl,
        contentType: transform.request.TransformInput.ContentType,
        accept: transform.request.TransformOutput.Accept,
        timeoutSeconds: transform.parameters.timeoutSeconds,
        maxRetries: transform.parameters.maxRetries,
        signal,
      });
    });
  const pieces = outputOf(input, transform, invoke, signal);
  const upload = new Upload({
    client: transform.s3,
    params: {
      Bucket: output.bucket,
      Key: output.key,
      Body: Readable.from(pieces, { objectMode: false }),
      ContentType: transform.request.TransformOutput.Accept ?? 'application/octet-stream',
    },
  });
  try {
    await upload.done();
  } catch (error) {
    failed.abort();
    throw error;
  }
}

async function* outputOf(
  input: S3Location,
  transform: FileTransform,
  invoke: (payload: Payload) => Promise<Buffer>,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const { request, parameters } = transform;
  const processing = createDataProcessing(request);
  const endsLines = request.TransformOutput.AssembleWith === 'Line';
  const open = () => openObject(input, transform, signal);
  if (request.TransformInput.SplitType === 'Line') {
    const isCsv = isCsvType(request.TransformInput.ContentType);
    const batches = toPayloads(splitRecords(await open(), isCsv), processing.prepare, parameters);
    yield* inOrder(batches, parameters.maxConcurrentTransforms, async ({ records, body }) =>
      assemble(processing, records, await invoke(Buffer.from(body, 'latin1')), endsLines),
    );
    return;
  }
  const touchesContent =
    processing.finish !== undefined || (request.DataProcessing?.InputFilter ?? '$') !== '$';
  if (parameters.maxPayloadBytes === Number.POSITIVE_INFINITY && !touchesContent) {
    yield assemble(processing, [], await invoke(streamed(open)), endsLines);
    return;
  }
  const whole = (await readWhole(await open(), parameters.maxPayloadBytes)).toString('latin1');
  yield assemble(
    processing,
    [whole],
    await invoke(Buffer.from(processing.prepare(whole), 'latin1')),
    endsLines,
  );
}

async function openObject(
  { bucket, key }: S3Location,
  { s3, request }: FileTransform,
  signal: AbortSignal,
): Promise<Readable> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }), { abortSignal: signal });
  if (!(Body instanceof Readable)) throw new Error('S3 answered without a body');
  if (request.TransformInput.CompressionType !== 'Gzip') return Body;
  const unzipped = createGunzip();
  Body.on('error', (error) => unzipped.destroy(error));
  return Body.pipe(unzipped);
}

async function* splitRecords(source: AsyncIterable<Buffer>, isCsv: boolean): AsyncGenerator<string[]> {
  const splitter = createRecordSplitter(isCsv);
  for await (const chunk of source) yield splitter.push(chunk.toString('latin1'));
  yield splitter.end();
}

async function readWhole(source: AsyncIterable<Buffer>, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of source) {
    size += chunk.length;
    if (size > limit)
      throw new Error(`the object is larger than a payload may be, ${limit} bytes (MaxPayloadInMB)`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const NEWLINE = 0x0a;

function assemble({ finish }: DataProcessing, records: string[], answer: Buffer, endsLines: boolean): Buffer {
  if (finish) {
    const lines = finish(records, answer.toString('latin1'));
    return Buffer.from(endsLines ? lines.map((line) => `${line}\n`).join('') : lines.join(''), 'latin1');
  }
  if (!endsLines || answer.at(-1) === NEWLINE) return answer;
  return Buffer.concat([answer, Buffer.from('\n')]);
}
