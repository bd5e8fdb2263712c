/** A body in many small chunks: its connection is paused again and again, and it arrives whole. */

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { type AddressInfo, connect } from 'node:net';
import { test } from 'node:test';

const require = createRequire(import.meta.url);

const { takeTurns } =
  require('../../languages/typescript/plugin_runtime/body.cts') as import('../../languages/typescript/plugin_runtime/body.cts').Api;

const CHUNK = '6\r\n123456\r\n';
const CHUNKS = 50_000;

test('a body in many small chunks arrives whole', { timeout: 60_000 }, async () => {
  let bytes = 0;
  const server = createServer((request, response) => {
    takeTurns(request);
    request.on('data', (data: Buffer) => {
      bytes += data.length;
    });
    request.on('end', () => response.end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.write('POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n');
  client.write(`${CHUNK.repeat(CHUNKS)}0\r\n\r\n`);
  client.resume();
  try {
    await new Promise((resolve, reject) => {
      client.once('close', resolve).once('error', reject);
      server.once('clientError', reject);
    });
  } finally {
    client.destroy();
    server.close();
    server.closeAllConnections();
  }
  assert.equal(bytes, 6 * CHUNKS);
});
