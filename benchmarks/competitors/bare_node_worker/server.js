// node:http, and one thread that executes: health is answered meanwhile, and that is all it does.
// It listens once the thread runs, because a plugin is not ready before.
const http = require('node:http');
const { Worker } = require('node:worker_threads');

const worker = new Worker(`${__dirname}/worker.js`);
const waiting = new Map();
let last = 0;

worker.on('message', ({ id, body }) => {
  waiting.get(id)(body);
  waiting.delete(id);
});

const server = http.createServer((request, response) => {
  const send = (body) => {
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) });
    response.end(body);
  };
  const pieces = [];
  request.on('data', (piece) => pieces.push(piece));
  request.on('end', () => {
    if (request.url === '/health') return send('{"status":"healthy"}');
    waiting.set(++last, send);
    return worker.postMessage({ id: last, body: Buffer.concat(pieces) });
  });
});
worker.once('online', () => server.listen(process.env.BENCHMARK_PORT ?? 8080));
