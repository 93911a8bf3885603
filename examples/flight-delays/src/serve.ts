import { readModel } from './model.ts';
import { modelServer } from './server.ts';

const port = Number(process.env.SAGEMAKER_BIND_TO_PORT ?? process.env.PORT ?? 8080);
// In a container, HOST=0.0.0.0: its loopback cannot be reached from outside.
const host = process.env.HOST ?? '127.0.0.1';

const server = modelServer(readModel(new URL('../model.json', import.meta.url)));
server.listen(port, host, () => console.log(`Serving flight-delays on http://${host}:${port}`));

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    server.close(() => process.exit(0));
    server.closeIdleConnections();
  });
}
