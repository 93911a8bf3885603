import { OpenAPIHono } from '@hono/zod-openapi';
import { UnknownDeployment } from '@penumbra/core/pipeline/deployments';
import type { MiddlewareHandler } from 'hono';
import { compress } from 'hono/compress';
import { cors } from 'hono/cors';
import { HTTPException } from 'hono/http-exception';
import { requestId } from 'hono/request-id';
import { secureHeaders } from 'hono/secure-headers';
import { access } from './access.ts';
import { EXPOSURES_PATH, internal, NO_SUCH_PATH, problem, refuse } from './answers.ts';
import { addBacktest } from './backtest.ts';
import { limitBody } from './body-limits.ts';
import type { Access, ApiEnv, Caller } from './caller.ts';
import { addCommands } from './commands.ts';
import { addDeployments } from './deployments.ts';
import { addEvents } from './events.ts';
import { addExposures } from './exposures.ts';
import { flagReader } from './flags.ts';
import { addHistory } from './history.ts';
import { addMetrics } from './metrics.ts';
import { addOfrep } from './ofrep.ts';
import { addOpenApi } from './open-api.ts';
import { countRequests, RATE_LIMITS, type RateLimited, rateLimit } from './rate-limits.ts';
import { addRollouts } from './rollouts.ts';
import type { ApiPorts, ApiSettings } from './settings.ts';
import { refuseInvalid } from './validation.ts';

/** The HTTP API: a request and who sent it in, an answer out. */
export interface Api {
  fetch(request: Request, caller: Caller): Promise<Response>;
}

/** What was answered to one caller no cache in between hands to another, unless a route says that it may. */
const keepToTheCaller: MiddlewareHandler<ApiEnv> = async (c, next) => {
  await next();
  if (!c.res.headers.has('Cache-Control')) c.header('Cache-Control', 'private, no-store');
};

/** Builds the API over its ports. Keeps in memory what it last read of each rollout, and how often callers asked. */
export function createApi(ports: ApiPorts, settings: ApiSettings): Api {
  const app = new OpenAPIHono<ApiEnv>({ defaultHook: refuseInvalid });
  const count = countRequests({ ...RATE_LIMITS, ...settings.rateLimits });
  // A path with /* stands for the one without, too.
  const guard = (method: string, path: string, needed: Access, kind: RateLimited) =>
    app.on(method, path, access(needed, settings, count), rateLimit(count, kind));

  app.use(requestId({ limitLength: 64 }));
  app.use(
    secureHeaders({
      contentSecurityPolicy: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
      xFrameOptions: 'DENY',
    }),
  );
  if (settings.corsOrigins && settings.corsOrigins.length > 0) {
    app.use(cors({ origin: [...settings.corsOrigins], exposeHeaders: ['ETag', 'Retry-After'], maxAge: 600 }));
  }
  app.use(keepToTheCaller);
  // A year is 3 MB of JSON; what production applications poll is small, and asked for often.
  app.get('/v1/deployments/*', compress());
  app.use(limitBody);

  const flags = flagReader(ports, settings.documentLifeMs ?? 1000);
  addOpenApi(app);
  guard('POST', '/ofrep/*', 'read', 'serve');
  guard('GET', '/v1/rollouts/*', 'read', 'serve');
  guard('GET', '/v1/flagd/*', 'read', 'serve');
  guard('GET', '/v1/deployments/*', 'read', 'read');
  guard('POST', '/v1/deployments/*', 'command', 'command');
  guard('POST', EXPOSURES_PATH, 'feedback', 'feedback');
  addOfrep(app, flags, ports);
  addRollouts(app, flags);
  addCommands(app, flags, ports);
  addDeployments(app, flags, ports);
  addEvents(app, ports);
  addMetrics(app, ports);
  addHistory(app, ports, settings);
  addBacktest(app, ports);
  addExposures(app, flags, ports);

  app.notFound((c) => refuse(c, NO_SUCH_PATH));
  app.onError((error, c) => {
    if (error instanceof HTTPException && error.res) return error.getResponse();
    if (error instanceof HTTPException) {
      return refuse(
        c,
        problem(error.status, 'Bad request', error.message, 'See /openapi.json for what is expected'),
      );
    }
    if (error instanceof UnknownDeployment) {
      return refuse(c, problem(404, 'Not found', error.message, 'See /v1/deployments for what there is'));
    }
    const id = c.get('requestId');
    ports.onFailure({ requestId: id, method: c.req.method, path: c.req.path, error });
    return refuse(c, internal(id));
  });
  return { fetch: async (request, caller) => app.fetch(request, caller) };
}
