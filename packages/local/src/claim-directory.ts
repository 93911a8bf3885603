import { mkdirSync, rmSync } from 'node:fs';
import { createConnection, createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE_MS = 3_000;
const NAME = 'in-use';

/**
 * Makes this process the only user of a directory, until it ends in whatever way: the claim is a listening socket,
 * which the kernel closes. Changes the working directory, because the path of a socket has a short limit.
 *
 * A user that has just been told to end gets a few seconds to do so.
 *
 * @throws when another process keeps using the directory.
 */
export async function claimDirectory(directory: string): Promise<void> {
  mkdirSync(directory, { recursive: true });
  process.chdir(directory);
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    if (await listens()) return;
    // Nobody answers: what is left of a user that was killed.
    if (!(await isAnswered())) rmSync(NAME, { force: true });
    else if (Date.now() > deadline)
      throw new Error(`Another local AWS is using ${directory}. Stop it first.`);
    else await sleep(50);
  }
}

function listens(): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server: Server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    });
    server.listen(NAME, () => {
      server.unref();
      resolve(true);
    });
  });
}

function isAnswered(): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(NAME);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
