// A container as a program: answers every line with the value of GREETING, and tells its environment to MODEL_LOG.
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';

const { GREETING = 'hello', MODEL_LOG, DIE_WITH } = process.env;
if (DIE_WITH) {
  console.error(DIE_WITH);
  process.exit(3);
}
if (MODEL_LOG) {
  const told = Object.entries(process.env).filter(([name]) => name.startsWith('SAGEMAKER_'));
  appendFileSync(MODEL_LOG, `${JSON.stringify({ pid: process.pid, ...Object.fromEntries(told) })}\n`);
}
createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    if (request.url !== '/invocations') return response.writeHead(request.url === '/ping' ? 200 : 404).end();
    const lines = Buffer.concat(chunks).toString().split('\n').filter(Boolean);
    response.end(lines.map(() => `${GREETING}\n`).join(''));
  });
}).listen(Number(process.env.SAGEMAKER_BIND_TO_PORT), '127.0.0.1');
