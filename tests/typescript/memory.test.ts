/** The memory budget: what is held for a body, what is given back, and what threads take of it. */

import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { runInNewContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import type { Manifest } from '../../languages/typescript/plugin_runtime/types.cts';

const require = createRequire(import.meta.url);

const fs = require('node:fs') as typeof import('node:fs');

const { BodyReader } =
  require('../../languages/typescript/plugin_runtime/body.cts') as import('../../languages/typescript/plugin_runtime/body.cts').Api;
const { Budget, DecodingCost, MIB, Share, THREAD_BYTES, collectGarbage, memoryLimit } =
  require('../../languages/typescript/plugin_runtime/memory.cts') as import('../../languages/typescript/plugin_runtime/memory.cts').Api;
const { listenTo } =
  require('../../languages/typescript/plugin_runtime/serving.cts') as import('../../languages/typescript/plugin_runtime/serving.cts').Api;
const { Threads } =
  require('../../languages/typescript/plugin_runtime/threads.cts') as import('../../languages/typescript/plugin_runtime/threads.cts').Api;

type Data = ConstructorParameters<typeof Threads>[1];
type Journal = Parameters<typeof listenTo>[2];

const MOST = 16 * MIB;

/** A request without an announced length, which sends what the test emits, and its reader. */
function reading(budget: InstanceType<typeof Budget>) {
  const request = new EventEmitter();
  const share = new Share(budget);
  const reader = new BodyReader(
    Object.assign(request, { headers: {} }) as unknown as IncomingMessage,
    share,
    MOST,
  );
  return { request, share, reader, body: reader.read() };
}

test('a body whose length nobody announced is refused once it has more than the limit', async () => {
  const { request, body } = reading(new Budget(256 * MIB));
  request.emit('data', Buffer.alloc(MOST));
  request.emit('data', Buffer.alloc(1));
  request.emit('end');
  await assert.rejects(body, { status: 413 });
});

test('the memory that is advised for what never fits is enough', () => {
  const holds = (mebibytes: number) => () => new Share(new Budget(mebibytes * MIB)).hold(60 * MIB);
  assert.throws(holds(128), {
    message:
      'This needs about 60 MiB of memory, more than is available. ' +
      'Raise container.resources.memory in manifest.json: "memory": "192m"',
  });
  holds(192)();
});

test('a body that was refused is let go of, although its request is still there', async () => {
  const { request, reader, body } = reading(new Budget(256 * MIB));
  const piece = new WeakRef(Buffer.alloc(MIB).buffer);
  request.emit('data', Buffer.from(piece.deref() as ArrayBuffer));
  reader.giveUp(413, 'too large');
  await assert.rejects(body);
  await setImmediate(); // a WeakRef keeps its target until the turn ends
  collectGarbage('major');
  assert.equal(piece.deref(), undefined);
  assert.ok(request.listenerCount('end') > 0, 'nothing kept it');
});

test('a body without an announced length takes its size once, also after it is joined', async () => {
  const piece = Buffer.alloc(MIB);
  const before = process.memoryUsage().arrayBuffers;
  const { request, body } = reading(new Budget(256 * MIB));
  for (let count = 0; count < 8; count += 1) request.emit('data', piece);
  request.emit('end');
  const { length } = await body;
  const taken = process.memoryUsage().arrayBuffers - before;
  assert.equal(length, 8 * MIB);
  assert.ok(taken < 10 * MIB, `${taken / MIB} MiB`);
});

test('a body without an announced length takes nothing from the moment it is refused', async () => {
  const before = process.memoryUsage().arrayBuffers;
  const { request, reader, body } = reading(new Budget(256 * MIB));
  const piece = Buffer.alloc(MIB);
  for (let count = 0; count < 8; count += 1) request.emit('data', piece);
  reader.giveUp(429, 'others need the memory');
  assert.ok(process.memoryUsage().arrayBuffers - before < 2 * MIB);
  await assert.rejects(body);
});

test('a body that waits for memory takes none once it is given up', async () => {
  const budget = new Budget(256 * MIB);
  const other = new Share(budget);
  const { request, share, reader, body } = reading(budget);
  request.emit('data', Buffer.alloc(MIB));
  other.hold(Math.floor(budget.size * 0.87) - MIB); // so that its decoding does not fit now
  request.emit('end');
  await setImmediate();
  reader.giveUp(429, 'others need it');
  await assert.rejects(body, { status: 429 });
  share.release();
  other.release();
  await setTimeout(60); // it looks again after 20 ms
  assert.equal(budget.used, 0);
});

test('what was given back is collected once it is much', async () => {
  const share = new Share(new Budget(256 * MIB));
  const large = new WeakRef(Buffer.alloc(MIB).buffer);
  share.hold(17 * MIB);
  share.release();
  await setImmediate();
  await setImmediate();
  assert.equal(large.deref(), undefined);
});

test('threads that collect their garbage at the same time leave each other alone', async () => {
  const path = require.resolve('../../languages/typescript/plugin_runtime/memory.cts');
  const again = `const { workerData: path } = require('node:worker_threads');
    for (let round = 0; round < 100; round += 1) {
      delete require.cache[path];
      require(path).collectGarbage('minor');
    }
    if (typeof gc === 'function') throw new Error('libraries would call it');`;
  const ends = Array.from({ length: 2 }, () => {
    const worker = new Worker(again, { eval: true, workerData: path });
    return new Promise((resolve, reject) => worker.on('error', reject).on('exit', resolve));
  });
  assert.deepEqual(await Promise.all(ends), [0, 0]);
});

test('no flag of V8 stays set after a collection, because threads would start at half the speed', () => {
  collectGarbage('minor');
  assert.equal(runInNewContext('typeof gc'), 'undefined');
});

test('a text with two bytes for a character costs more', () => {
  const costs = ['a', 'ä', '€', '\\u20ac'].map((text) => {
    const cost = new DecodingCost();
    cost.add(Buffer.from(text.padEnd(1000)));
    return cost.bytes;
  });
  assert.deepEqual(costs, [3000, 3003, 5010, 5000]);
});

test('a limit of the cgroup counts where it is below the one of the manifest', (context) => {
  const manifest = { container: { resources: { memory: '256m' } } } as Manifest;
  context.mock.method(fs, 'readFileSync', () => `${32 * MIB}\n`);
  assert.equal(memoryLimit(manifest), 32 * MIB);
  context.mock.method(fs, 'readFileSync', () => 'max\n');
  assert.equal(memoryLimit(manifest), 256 * MIB);
});

test('the budget shrinks with each thread', () => {
  const budget = new Budget(256 * MIB);
  const whole = budget.size;
  const threads = new Threads({ slots: 4, deadlineMs: 1000, memoryBytes: 256 * MIB }, {} as Data);
  listenTo(threads, budget, { log: { error() {} } } as unknown as Journal);
  threads.listener?.onThreads(3);
  assert.equal(budget.size, whole - THREAD_BYTES); // half of what two take
});

test('threads are counted while they live', async () => {
  const counts: number[] = [];
  const manifest = { id: 'a', version: '1.0.0', inputDefinitions: [], outputDefinitions: [] };
  const data = { manifest: manifest as unknown as Manifest, secretNames: [] } as unknown as Data;
  const threads = new Threads({ slots: 4, deadlineMs: 1000, memoryBytes: 256 * MIB }, data);
  threads.listener = {
    onLine() {},
    onLost() {},
    onProblem() {},
    onLateEnd() {},
    onThreads: (count) => counts.push(count),
  };
  await assert.rejects(threads.prepare()); // there is no plugin_logic.ts here
  for (let tries = 0; counts.at(-1) !== 0 && tries < 500; tries += 1) await setTimeout(10);
  assert.deepEqual(counts, [1, 0]);
});
