import { Hono } from 'hono';
import { handle, type LambdaEvent } from 'hono/aws-lambda';
import type { Api } from './app.ts';
import type { Caller } from './caller.ts';

/** The API behind an HTTP API of API Gateway, or a function URL (payload format 2.0). */
export function lambdaHandler(api: Api): ReturnType<typeof handle> {
  const app = new Hono<{ Bindings: { event: LambdaEvent } }>();
  app.all('*', (c) => api.fetch(c.req.raw, callerOf(c.env.event)));
  return handle(app);
}

/** What the gateway knows of the caller. Its authorizer alone fills `iam`; nothing that a caller sends gets there. */
function callerOf({ requestContext }: LambdaEvent): Caller {
  if (!('http' in requestContext)) return { address: 'unknown' };
  const { http, authorizer } = requestContext;
  return { address: http.sourceIp, identity: authorizer?.iam?.userArn };
}
