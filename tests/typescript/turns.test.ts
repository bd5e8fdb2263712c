/** Bodies in many small chunks: they arrive whole, and others are served in between. */

import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';

const require = createRequire(import.meta.url);

const { BodyReader } =
  require('../../languages/typescript/plugin_runtime/body.cts') as import('../../languages/typescript/plugin_runtime/body.cts').Api;
const { Budget, MIB, Share } =
  require('../../languages/typescript/plugin_runtime/memory.cts') as import('../../languages/typescript/plugin_runtime/memory.cts').Api;
const { CHUNKS_AT_ONCE, turnsOf } =
  require('../../languages/typescript/plugin_runtime/turns.cts') as import('../../languages/typescript/plugin_runtime/turns.cts').Api;

const CHUNK = '6\r\n123456\r\n';
const CHUNKS = 100_000;
const CLIENTS = 3;
const ONE_READ = Math.ceil((64 * 1024) / CHUNK.length) + 1; // chunks that Node reads of a connection at once
const HEAD = 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n';

type Arrived = { bytes: number; most: number; turns: number };

/** Serve requests while `send` runs; returns what arrived, and the most chunks of one of them between two turns. */
async function served(send: (port: number) => Promise<unknown>): Promise<Arrived> {
  const arrived = { bytes: 0, most: 0, turns: 0 };
  const budget = new Budget(256 * MIB);
  const read = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let turn = 0;
    let chunks = 0;
    const body = new BodyReader(request, new Share(budget), 4 * MIB).read();
    request.on('data', () => {
      chunks = turn === arrived.turns ? chunks + 1 : 1;
      turn = arrived.turns;
      arrived.most = Math.max(arrived.most, chunks);
    });
    const { length } = await body;
    arrived.bytes += length;
    response.end();
  };
  const server = createServer((request, response) => void read(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  let isOver = false;
  const count = (): void => {
    arrived.turns += 1;
    if (!isOver) setImmediate(count);
  };
  count();
  try {
    await Promise.race([
      send((server.address() as AddressInfo).port),
      new Promise((_, reject) => server.once('clientError', reject)),
    ]);
  } finally {
    isOver = true;
    server.close();
    server.closeAllConnections();
  }
  return arrived;
}

/** Send bytes, and wait for that many answers. */
async function send(port: number, bytes: string, answers = 1): Promise<void> {
  const client = connect(port, '127.0.0.1');
  client.write(bytes);
  let answer = '';
  try {
    await new Promise<void>((resolve, reject) => {
      client.on('data', (data) => {
        answer += data.toString('latin1');
        if (answer.split('HTTP/1.1 200 OK').length > answers) resolve();
      });
      client.once('close', () => reject(new Error(`closed after: ${answer}`))).once('error', reject);
    });
  } finally {
    client.destroy();
  }
}

/** As much of a socket as turns need. */
class Connection extends EventEmitter {
  isReading = true;
  destroyed = false;

  pause(): this {
    this.isReading = false;
    return this;
  }

  resume(): this {
    this.isReading = true;
    return this;
  }
}

/** A connection that has used up its turn. */
function waiting() {
  const connection = new Connection();
  const turns = turnsOf(connection as unknown as Socket);
  for (let chunk = 0; chunk < CHUNKS_AT_ONCE; chunk += 1) turns.count();
  return { connection, turns };
}

test('bodies in many small chunks arrive whole, and take turns', { timeout: 60_000 }, async () => {
  const body = `${HEAD}${CHUNK.repeat(CHUNKS)}0\r\n\r\n`;
  const { bytes, most } = await served((port) =>
    Promise.all(Array.from({ length: CLIENTS }, () => send(port, body))),
  );
  assert.equal(bytes, CLIENTS * CHUNKS * 6);
  assert.ok(most <= ONE_READ, `${most} chunks of a connection in one turn`);
});

test('requests behind a body in many small chunks are answered', { timeout: 60_000 }, async () => {
  const body = `${HEAD}${CHUNK.repeat(1000)}0\r\nA-Trailer: a\r\n\r\n`;
  const { bytes } = await served((port) => send(port, body.repeat(50), 50));
  assert.equal(bytes, 50 * 1000 * 6);
});

test('one connection at a time goes on', async () => {
  const connections = Array.from({ length: 3 }, () => waiting().connection);
  const going = (): number => connections.filter(({ isReading }) => isReading).length;
  for (let turn = 0; turn < 4; turn += 1) {
    assert.equal(going(), turn);
    await nextTurn();
  }
});

test('a waiting connection stays paused even if it is resumed', async () => {
  const { connection } = waiting();
  connection.resume();
  assert.ok(!connection.isReading);
  await nextTurn();
  assert.ok(connection.isReading);
});

test('a connection that is paused while waiting stays paused after its turn', async () => {
  const { connection } = waiting();
  connection.pause();
  await nextTurn();
  assert.ok(!connection.isReading);
  connection.resume();
  assert.ok(connection.isReading);
});

test('a waiting connection does not count as one that sends nothing', async () => {
  const { turns } = waiting();
  await nextTurn();
  const before = performance.now();
  for (let chunk = 0; chunk < CHUNKS_AT_ONCE; chunk += 1) turns.count();
  assert.ok(turns.waited >= before, 'while it waits');
  await nextTurn();
  assert.ok(turns.waited >= before, 'after its turn');
  assert.ok(turns.waited <= performance.now());
});
