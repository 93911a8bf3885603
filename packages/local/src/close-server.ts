import type { Server } from 'node:http';

const LIMIT_MS = 5_000;
const LOOK_EVERY_MS = 10;

/**
 * Closes a server once the requests that it has are answered: kept-alive connections are closed as they fall idle.
 * After 5 s, whatever is left is cut off.
 */
export async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const idle = setInterval(() => server.closeIdleConnections(), LOOK_EVERY_MS);
  const limit = setTimeout(() => server.closeAllConnections(), LIMIT_MS);
  server.closeIdleConnections();
  await closed;
  clearInterval(idle);
  clearTimeout(limit);
}

/** @returns the port that the system chose on 127.0.0.1. */
export async function listenLocally(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return address.port;
}
