import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createClient, fileSource, httpFeedback, httpSource } from '@penumbra/client';
import { checkoutApp } from './app.ts';

// PENUMBRA_URL (and PENUMBRA_KEY) for Penumbra's API; else ROLLOUT_FILE, or the rollout beside this example.
// PENUMBRA_REPORTS_URL (and PENUMBRA_FEEDBACK_KEY) to report which arm was served.

const { PENUMBRA_URL, PENUMBRA_KEY, ROLLOUT_FILE, PORT = '8080' } = process.env;
const { PENUMBRA_REPORTS_URL, PENUMBRA_FEEDBACK_KEY = '' } = process.env;

const source = PENUMBRA_URL
  ? httpSource({ url: PENUMBRA_URL, ...(PENUMBRA_KEY ? { key: PENUMBRA_KEY } : {}) })
  : fileSource({ path: ROLLOUT_FILE ?? fileURLToPath(new URL('../rollout.json', import.meta.url)) });
const client = createClient({
  deployments: ['checkout-risk'],
  source,
  ...(PENUMBRA_REPORTS_URL
    ? { feedback: httpFeedback({ url: PENUMBRA_REPORTS_URL, key: PENUMBRA_FEEDBACK_KEY }) }
    : {}),
});
client.on('changed', ({ document }) => console.error(`rollout: version ${document.version} is served`));
client.on('failed', ({ error }) => console.error(`rollout: ${error.message}`));
await client.ready();

const server = checkoutApp(client, ({ decision, ...checkout }) =>
  console.log(JSON.stringify({ ...checkout, ...decision })),
);
server.listen(Number(PORT), '127.0.0.1', () => {
  console.error(
    `http://127.0.0.1:${(server.address() as AddressInfo).port}/checkout?user=ann&country=NL&amount=600`,
  );
});

// Nothing is left that would keep the process: no exit is called.
process.once('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
  void client.close();
});
