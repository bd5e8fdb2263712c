/** The image's HEALTHCHECK: exit 0 if the plugin says that it is healthy, else 1. */

const { readFileSync } = require('node:fs') as typeof import('node:fs');
const { connect } = require('node:net') as typeof import('node:net');
const { join } = require('node:path') as typeof import('node:path');

const TIMEOUT_MS = 5000;

const { container } = JSON.parse(
  readFileSync(join(__dirname, '../manifest.json'), 'utf8'),
) as import('./types.cts').Manifest;
const port = Number(process.env['PLUGIN_PORT'] || container.ports[0]?.container);
let answer = '';

function end(status: number, text: string): never {
  process.stdout.write(`${text}\n`);
  process.exit(status);
}

// Plain HTTP over a socket: to load node:http takes longer than everything else here.
const socket = connect(port, 'localhost', () => {
  socket.write(`GET ${container.healthCheck?.path ?? '/health'} HTTP/1.0\r\n\r\n`);
});
socket
  .setEncoding('utf8')
  .setTimeout(TIMEOUT_MS, () => end(1, `no answer from port ${port} within ${TIMEOUT_MS} ms`));
socket.on('data', (chunk) => {
  answer += String(chunk);
});
socket.on('error', (error) => end(1, `no answer from port ${port}: ${error.message}`));
socket.on('end', () => end(answer.split(' ', 2)[1] === '200' ? 0 : 1, answer.split('\r\n\r\n')[1] ?? ''));
