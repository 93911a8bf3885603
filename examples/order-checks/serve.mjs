// The model behind SageMaker's container contract: a line of features in, a score out.
import { createServer } from 'node:http';
import { scoreOf } from './model.mjs';

const answer = (body) =>
  body
    .split('\n')
    .filter(Boolean)
    .map((line) => `${scoreOf(line.split(',').map(Number))}\n`)
    .join('');

createServer((request, response) => {
  if (request.url === '/ping') return response.end();
  if (request.url !== '/invocations') return response.writeHead(404).end();
  let body = '';
  request.on('data', (chunk) => {
    body += chunk;
  });
  request.on('end', () => response.writeHead(200, { 'content-type': 'text/csv' }).end(answer(body)));
}).listen(Number(process.env.SAGEMAKER_BIND_TO_PORT ?? 8080), '127.0.0.1');
