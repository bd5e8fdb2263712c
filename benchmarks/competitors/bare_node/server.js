// What Node.js needs for HTTP alone: no framework, and every execution on the only thread.
const http = require('node:http');

function execute({ inputs }) {
  const until = Date.now() + 1000 * (inputs.seconds?.value ?? 0);
  while (Date.now() < until);
  return { success: true, outputs: { result: inputs.text.value } };
}

const server = http.createServer((request, response) => {
  const pieces = [];
  request.on('data', (piece) => pieces.push(piece));
  request.on('end', () => {
    const answer =
      request.url === '/health' ? { status: 'healthy' } : execute(JSON.parse(Buffer.concat(pieces)));
    const body = JSON.stringify(answer);
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) });
    response.end(body);
  });
});
server.listen(process.env.BENCHMARK_PORT ?? 8080);
process.on('SIGTERM', () => server.close());
