import { Hono } from 'hono';
import { handle, type LambdaEvent } from 'hono/aws-lambda';
import { problem } from './answers.ts';
import type { Api } from './app.ts';
import type { Caller } from './caller.ts';

/** What Lambda lets a function answer, in bytes of JSON. */
const MOST_BYTES = 6 * 1024 * 1024;

type LambdaHandler = ReturnType<typeof handle>;

/** The API behind an HTTP API of API Gateway, or a function URL (payload format 2.0). */
export function lambdaHandler(api: Api): LambdaHandler {
  const app = new Hono<{ Bindings: { event: LambdaEvent } }>();
  app.all('*', (c) => api.fetch(c.req.raw, callerOf(c.env.event)));
  const answerTo = handle(app);
  return async (event, context) => {
    const answer = await answerTo(event, context);
    return isTooLarge(answer) ? tooMuch(answer) : answer;
  };
}

type Answer = Awaited<ReturnType<LambdaHandler>>;

/** In JSON, which the body becomes part of once more, a character takes six bytes at most. */
const isTooLarge = (answer: Answer): boolean =>
  answer.body.length * 6 > MOST_BYTES && Buffer.byteLength(JSON.stringify(answer)) > MOST_BYTES;

/** In the place of an answer that Lambda would drop without a word to the caller. */
function tooMuch(answer: Answer): Answer {
  const details = problem(
    400,
    'Too much at once',
    'the answer would be larger than the 6 MB that a function may answer',
    'Ask for fewer: a smaller limit, or a shorter range of dates',
  );
  // What those say is of the answer that is dropped.
  const { 'content-encoding': _encoding, etag: _etag, ...headers } = answer.headers;
  return {
    ...answer,
    statusCode: details.status,
    isBase64Encoded: false,
    headers: { ...headers, 'content-type': 'application/problem+json' },
    body: JSON.stringify(details),
  };
}

/** What the gateway knows of the caller. Its authorizer alone fills `iam`; nothing that a caller sends gets there. */
function callerOf({ requestContext }: LambdaEvent): Caller {
  if (!('http' in requestContext)) return { address: 'unknown' };
  const { http, authorizer } = requestContext;
  return { address: http.sourceIp, identity: authorizer?.iam?.userArn };
}
