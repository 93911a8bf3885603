import { createServer, type Server } from 'node:http';
import type { Client, Decision } from '@penumbra/client';

/** What decides today. */
const rule = (amount: number) => (amount >= 500 ? 'review' : 'accept');

/** The challenger, as production would call it; here a stand-in that lets more through. */
const model = (amount: number) => (amount >= 900 ? 'review' : 'accept');

export interface Checkout {
  readonly user: string;
  readonly country: string;
  readonly amount: number;
  readonly outcome: string;
  readonly decision: Decision;
}

/**
 * `GET /checkout?user=…&country=…&amount=…`: asks for each request which arm decides, and lets that one decide.
 * `GET /health`: which rollout is served.
 */
export function checkoutApp(client: Client<'checkout-risk'>, log: (checkout: Checkout) => void): Server {
  return createServer((request, response) => {
    const answer = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname === '/health') {
      const { document, error } = client.status('checkout-risk');
      return answer(200, { version: document?.version ?? null, error: error?.message ?? null });
    }
    if (pathname !== '/checkout') return answer(404, { error: 'there is /checkout, and /health' });
    const [user, country] = [searchParams.get('user') ?? '', searchParams.get('country') ?? ''];
    const amount = Number(searchParams.get('amount') ?? 0);

    const decision = client.decide('checkout-risk', { unit: user, country, amount });
    const outcome = decision.arm === 'challenger' ? model(amount) : rule(amount);

    log({ user, country, amount, outcome, decision });
    return answer(200, { outcome });
  });
}
