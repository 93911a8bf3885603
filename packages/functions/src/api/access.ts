import type { Context, MiddlewareHandler } from 'hono';
import { bearerAuth } from 'hono/bearer-auth';
import { NO_KEY, NOT_ALLOWED, refuse, TOO_MANY, WRONG_KEY } from './answers.ts';
import type { Access, ApiEnv } from './caller.ts';
import { keyring } from './keyring.ts';
import { ANONYMOUS, type CountRequest } from './rate-limits.ts';
import type { ApiSettings } from './settings.ts';

const nothingYet = async () => {};
const CHALLENGE = { 'WWW-Authenticate': 'Bearer realm="penumbra"' };

/**
 * Lets through who may do this, and remembers who it is. An identity that the authorizer has verified may command:
 * which of them come this far is said in IAM. A key that does not fit is refused even where reading needs none.
 */
export function access(
  needed: Access,
  { keys, openReads = false, trustIdentity = false }: ApiSettings,
  count: CountRequest,
): MiddlewareHandler<ApiEnv> {
  const find = keyring(keys);
  const wrongKey = async (c: Context<ApiEnv>) => {
    const retryAfter = await count('refused', c.env.address);
    return retryAfter === undefined
      ? refuse(c, WRONG_KEY, CHALLENGE)
      : refuse(c, TOO_MANY, { 'Retry-After': String(retryAfter) });
  };
  const options = {
    verifyToken: (token: string, c: Context<ApiEnv>) => {
      const principal = find(token);
      if (principal) c.set('principal', principal);
      return principal !== undefined;
    },
    invalidToken: { message: wrongKey as (c: Context) => Promise<Response> },
    invalidAuthenticationHeader: { message: wrongKey as (c: Context) => Promise<Response> },
  };
  // Both throw the refusal of a key that does not fit.
  const bearer = bearerAuth(options);
  const apiKey = bearerAuth({ ...options, headerName: 'X-API-Key', prefix: '' });

  return async (c, next) => {
    if (trustIdentity && c.env.identity !== undefined) {
      c.set('principal', { name: c.env.identity, access: 'command' });
    } else if (c.req.header('Authorization') !== undefined) await bearer(c, nothingYet);
    else if (c.req.header('X-API-Key') !== undefined) await apiKey(c, nothingYet);
    else if (openReads && needed === 'read') c.set('principal', { name: ANONYMOUS, access: 'read' });
    else return refuse(c, NO_KEY, CHALLENGE);
    const { access: given } = c.get('principal');
    return given === needed || given === 'command' ? next() : refuse(c, NOT_ALLOWED[needed]);
  };
}
