import { messageOf } from './aws-error.ts';
import type { FromAws, ToAws } from './aws-process-messages.ts';
import { type EmbeddedAws, startEmbeddedAws } from './embedded-aws.ts';

// The program of the child process that local-aws.ts starts. It lives as long as its parent's IPC channel.

let aws: EmbeddedAws | undefined;
let stopping = false;

const tell = (message: FromAws) => {
  if (process.connected) process.send?.(message);
};

// dynalite throws when a client goes away in the middle of a request, where nobody can catch it. The request is
// lost with its client, and nothing else is. Any other error leaves a state that nobody has thought of.
process.on('uncaughtException', (error: NodeJS.ErrnoException) => {
  if (error.code === 'ECONNRESET' || error.code === 'EPIPE')
    return tell({ type: 'log', line: `a client went away: ${error}` });
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});

// Ctrl-C reaches the whole process group; the parent decides when its AWS ends.
process.on('SIGINT', () => {});
process.on('SIGTERM', stop);
// Without a parent there is nobody to serve. Everything acknowledged is on disk already.
process.on('disconnect', () => process.exit(0));

process.on('message', async (message: ToAws) => {
  if (message.type === 'stop') return stop();
  if (message.type === 'registerModel') {
    await aws?.registerModel(message.name, message.spec);
    return tell({ type: 'modelRegistered', id: message.id });
  }
  try {
    aws = await startEmbeddedAws(message.config);
    tell({ type: 'started', endpoints: aws.endpoints, queueUrls: aws.queueUrls });
  } catch (error) {
    tell({ type: 'failed', message: messageOf(error) });
  }
});

async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  await aws?.stop();
  process.exit(0);
}
