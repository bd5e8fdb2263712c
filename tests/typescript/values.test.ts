/** Values: JSON that is refused, outputs that JSON cannot carry, settings, and the cost of decoding. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { Definition, Manifest } from '../../languages/typescript/plugin_runtime/types.cts';

const require = createRequire(import.meta.url);

const { BodyReader } =
  require('../../languages/typescript/plugin_runtime/body.cts') as import('../../languages/typescript/plugin_runtime/body.cts').Api;
const { adopt, problemsOf } =
  require('../../languages/typescript/plugin_runtime/configuration.cts') as import('../../languages/typescript/plugin_runtime/configuration.cts').Api;
const { Budget, DecodingCost, NoRoom, Share, THREAD_BYTES } =
  require('../../languages/typescript/plugin_runtime/memory.cts') as import('../../languages/typescript/plugin_runtime/memory.cts').Api;
const { Failure, encode, outputsOf, roundedIn } =
  require('../../languages/typescript/plugin_runtime/outputs.cts') as import('../../languages/typescript/plugin_runtime/outputs.cts').Api;
const { deadlineMs, loadSettings } =
  require('../../languages/typescript/plugin_runtime/settings.cts') as import('../../languages/typescript/plugin_runtime/settings.cts').Api;
const { BadJson, parse } =
  require('../../languages/typescript/plugin_runtime/strict_json.cts') as import('../../languages/typescript/plugin_runtime/strict_json.cts').Api;

const octets = (text: string): Uint8Array => new TextEncoder().encode(text);
const MIB = 1024 * 1024;

test('JSON that two readers could take differently is refused', () => {
  for (const [text, message] of [
    ['{"a": 1, "b": {"a": 2, "a": 3}}', "the key 'a' twice"],
    ['{"a\\"": 1, "a\\"": 2}', 'the key of 2 characters twice'],
    ['{"\\u0061": 1, "a": 2}', "the key 'a' twice"],
    ['[1e999]', 'too large'],
    ['["\\ud800"]', 'surrogate'],
    [`${'['.repeat(101)}${']'.repeat(101)}`, 'deeper than 100'],
    ['[NaN]', 'not valid JSON'],
    ["{'a': 1}", 'not valid JSON'],
    ['', 'not valid JSON'],
  ] as const)
    assert.throws(
      () => parse(octets(text), 100),
      (error) => error instanceof BadJson && error.message.includes(message),
      text,
    );
  assert.throws(() => parse(new Uint8Array([0x22, 0xff, 0x22]), 100), BadJson);
});

test('a small body, with a character for each byte, is read as its bytes are', () => {
  for (const text of ['{"a": 1}', '{"ä": "€ 😀"}', '\ufeff{"a": 1}']) {
    const small = Buffer.from(octets(text)).toString('latin1');
    assert.deepEqual(parse(small, 100), parse(octets(text), 100));
  }
  assert.throws(() => parse('"\xff"', 100), BadJson);
});

test('a message about JSON quotes nothing of it', () => {
  for (const text of ['{"a": secret-token}', 'secret-token', '{"secret token": 1, "secret token": 2}'])
    assert.throws(
      () => parse(octets(text), 100),
      (error) => error instanceof Error && !error.message.includes('secret'),
    );
});

test('JSON in texts and odd keys are taken', () => {
  for (const text of [
    '{"a": "{\\"a\\": 1, \\"a\\": 2}"}',
    '{"__proto__": 1, "constructor": {"a:b": ":"}}',
    '["\\\\", ":"]',
  ])
    assert.deepEqual(parse(octets(text), 100).value, JSON.parse(text));
});

const DEFINITIONS: Definition[] = [
  { name: 'result', type: 'any', required: true },
  { name: 'id', type: 'string', required: false },
];
const outputs = (result: unknown) => outputsOf({ success: true, outputs: { result } }, DEFINITIONS);

test('outputs that JSON cannot carry are named, with what to write', () => {
  const circle: unknown[] = [];
  circle.push(circle);
  class Point {}
  for (const [value, message] of [
    [{ a: [new Map()] }, "result['a'][0] is Map; write Object.fromEntries(value)"],
    [new Set(), 'write [...value]'],
    [new Date(0), 'write value.toISOString()'],
    [[10n], 'write String(value)'],
    [Number.NaN, 'NaN, which JSON does not have'],
    [Buffer.from('a'), "write value.toString('base64')"],
    [new Float64Array(1), 'write Array.from(value)'],
    [Promise.resolve(1), 'write await value'],
    [new Point(), 'write { ...value }'],
    [() => 1, 'is function'],
    [[undefined], 'result[0] is undefined; write null'],
    [circle, 'contains itself'],
    ['\ud800', 'half of a surrogate pair'],
  ] as const)
    assert.throws(
      () => encode(outputs(value)),
      (error) => error instanceof Failure && (error.errors[0] ?? '').includes(message),
      message,
    );
  assert.equal(encode(outputs({ a: undefined, b: 1 })), '{"success":true,"outputs":{"result":{"b":1}}}');
});

test('a result is what the manifest declares', () => {
  assert.deepEqual(outputsOf({ success: true, outputs: { id: 12n ** 20n, result: 1 } }, DEFINITIONS), {
    result: 1,
    id: String(12n ** 20n),
  });
  assert.throws(() => outputsOf(undefined, DEFINITIONS), /returned undefined/);
  assert.throws(() => outputsOf({ success: 'yes' }, DEFINITIONS), /'success' is string/);
  assert.throws(() => outputsOf({ success: false }, DEFINITIONS), /without a reason/);
  assert.equal(roundedIn({ a: 2 ** 60 }).length, 1);
  assert.equal(roundedIn({ a: 2 ** 53 - 1, b: 1e300, c: 0.5 }).length, 0);
});

const manifest = {
  inputDefinitions: [],
  outputDefinitions: [],
  container: {
    ports: [{ container: 8080 }],
    resources: { memory: '256m', cpu: '0.5' },
    environment: { MODE: 'a', LIST: 1 },
  },
  api: { endpoint: '/execute', method: 'POST', timeout: 30000 },
  configuration: [
    { key: 'NEEDED', required: true, description: 'What  is needed' },
    { key: 'RATE', type: 'number' },
    { key: 'DEBUG', type: 'boolean', value: true },
  ],
} as unknown as Manifest;

test('settings have defaults from the manifest, and every wrong one is named', () => {
  const settings = loadSettings(manifest, {
    PORT: '5060',
    PLUGIN_IDLE_SECONDS: '',
    PLUGIN_MEMORY_BYTES: String(256 * MIB),
  });
  assert.equal(settings.port, 8080);
  assert.equal(settings.concurrency, 8);
  assert.equal(settings.idleSeconds, 60);
  assert.equal(settings.maxBodyBytes, 16 * MIB);
  assert.equal(deadlineMs(settings.timeoutMs), 29000);
  assert.throws(
    () =>
      loadSettings(manifest, { PLUGIN_PORT: '70000', PLUGIN_STRICT_INPUTS: 'yes', PLUGIN_LOG_LEVEL: 'loud' }),
    (error) =>
      error instanceof Error &&
      error.message ===
        "PLUGIN_PORT='70000': use a whole number from 0 to 65535, such as 8080; " +
          "PLUGIN_STRICT_INPUTS='yes': use a whole number from 0 to 1, such as 0; " +
          "PLUGIN_LOG_LEVEL='loud': use one of DEBUG, INFO, WARNING, ERROR",
  );
});

test('the configuration is adopted and checked', () => {
  const environment: NodeJS.ProcessEnv = { MODE: 'given', RATE: 'fast' };
  adopt(manifest, environment);
  assert.deepEqual(environment, { MODE: 'given', RATE: 'fast', LIST: '1', DEBUG: 'true' });
  const [needed, rate] = problemsOf(manifest, environment);
  assert.match(String(needed), /^NEEDED is required \(What is needed\): set it in \.env/);
  assert.equal(rate, 'RATE must be a number, such as 0.5');
});

test('the cost of decoding does not depend on how a body is cut', () => {
  const text = octets(`{"inputs": {"a": "${'\\"x\\",'.repeat(50)}", "b": [[1, 2], {}], "c": "\\u00e9"}}`);
  const whole = new DecodingCost();
  whole.add(text);
  const cut = new DecodingCost();
  for (const octet of text) cut.add(new Uint8Array([octet]));
  assert.equal(cut.bytes, whole.bytes);
  assert.ok(whole.bytes < 12 * text.length); // what is inside of the string is not structure
  assert.throws(() => new DecodingCost().add(octets('['.repeat(1_000_001))), NoRoom);
});

test('the budget is shared, and the last eighth is for small requests', () => {
  const budget = new Budget(80 * MIB);
  const [one, other, small] = [new Share(budget), new Share(budget), new Share(budget)];
  assert.throws(
    () => one.hold(80 * MIB),
    (error) => error instanceof NoRoom && error.status === 413,
  );
  one.hold(budget.size * 0.8);
  assert.throws(
    () => other.hold(budget.size * 0.1),
    (error) => error instanceof NoRoom && error.status === 429,
  );
  assert.ok(budget.isShort);
  small.hold(budget.size / 100);
  one.release();
  small.release();
  assert.equal(budget.used, 0);
  other.hold(budget.size * 0.1);
});

test('each further thread leaves less for requests, and gives it back when it ends', () => {
  const budget = new Budget(256 * MIB);
  budget.leaveTo(1);
  const alone = budget.size;
  budget.leaveTo(5);
  assert.equal(alone - budget.size, 2 * THREAD_BYTES); // half of the memory is the plugin's own
  budget.leaveTo(0);
  assert.equal(budget.size, alone);
});

test('nothing is held for a body that was refused, though it still arrives', async () => {
  const budget = new Budget(80 * MIB);
  const share = new Share(budget);
  const request = Object.assign(new PassThrough(), { headers: { 'content-length': String(2 * MIB) } });
  const reader = new BodyReader(request as unknown as IncomingMessage, share, 16 * MIB);
  const read = reader.read();
  request.write(Buffer.alloc(MIB));
  await setImmediate();
  assert.ok(budget.used > 0);
  reader.giveUp(429, 'given up');
  await assert.rejects(read, /given up/);
  share.release();
  const ended = once(request, 'end');
  request.resume().end(Buffer.alloc(MIB));
  await ended;
  await setImmediate();
  assert.equal(budget.used, 0);
});
