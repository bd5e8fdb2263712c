/** The plugin behind its HTTP API, as a process on this machine. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { example } from './example.ts';
import { readManifest } from './sync_types.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const TOKEN = 'canary-token-0123456789';
const WRONG: Record<string, unknown> = {
  string: { not: 'text' },
  number: 'not a number',
  boolean: 'not a boolean',
};
const manifest = readManifest();
const { endpoint } = manifest.api;
const missing = (manifest.configuration ?? [])
  .filter(({ required }) => required)
  .filter(({ key, value }) => !(process.env[key] || value || manifest.container.environment?.[key]))
  .map(({ key }) => key);
const skip =
  missing.length > 0 && `manifest.json requires ${missing.join(', ')} in the environment or in .env`;

let port = 0;
let server: ChildProcess | undefined;
let log = '';

async function freePort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  listener.close();
  assert.ok(address !== null && typeof address === 'object');
  return address.port;
}

type Answer = { status: number; body: Record<string, unknown> };

async function call(method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: { 'Content-Type': 'application/json' },
    body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function start(): Promise<void> {
  port = await freePort();
  const environment = { ...process.env, PLUGIN_PORT: String(port), PLUGIN_HOST: '127.0.0.1' };
  server = spawn(process.execPath, ['server.cts'], { cwd: ROOT, env: environment });
  server.stdout?.on('data', (chunk) => {
    log += String(chunk);
  });
  for (;;) {
    assert.equal(server.exitCode, null, `it ended while it started:\n${log}`);
    try {
      if ((await call('GET', '/health')).status === 200) return;
    } catch {
      // it does not listen yet
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

// Not in before(): where --test-name-pattern leaves out every test of this file, Node.js calls after()
// without waiting for it, and the server would keep the run from its end.
if (!skip) await start();
after(() => server?.kill('SIGKILL'));

test('it is healthy', { skip }, async () => {
  for (const path of ['/health', '/health/live', '/health/ready'])
    assert.equal((await call('GET', path)).body['status'], 'healthy');
});

test('success and status agree', { skip }, async () => {
  const { status, body } = await call('POST', endpoint, { inputs: example() });
  assert.equal(body['success'], status === 200, JSON.stringify(body));
  assert.ok((body['success'] ? 'outputs' : 'error') in body);
});

test('undeclared inputs of the host are accepted, and its tokens are not logged', { skip }, async () => {
  const unasked = { stepId: '1', availablePlugins: '[]', __auth_token: TOKEN };
  const { status } = await call('POST', endpoint, { inputs: example() });
  const answer = await call('POST', endpoint, { inputs: { ...example(), ...unasked } });
  assert.equal(answer.status, status, JSON.stringify(answer.body));
  assert.ok(!JSON.stringify(answer.body).includes(TOKEN));
  assert.ok(!log.includes(TOKEN));
});

test('a wrong type is refused for each input', { skip }, async () => {
  const typed = manifest.inputDefinitions.filter((definition) => definition.type !== 'any');
  const wrong = typed.map(({ name, type }) => [name, WRONG[type] ?? 5]);
  if (wrong.length === 0) return;
  const { status, body } = await call('POST', endpoint, { inputs: Object.fromEntries(wrong) });
  assert.equal(status, 422);
  const errors = body['errors'] as string[];
  for (const { name } of typed) assert.ok(errors.some((error) => error.includes(`'${name}'`)));
});

test('failures have an error status', { skip }, async () => {
  assert.equal((await call('POST', endpoint, '{')).status, 400);
  assert.equal((await call('POST', endpoint, [])).status, 400);
  assert.equal((await call('GET', endpoint)).status, 405);
  assert.equal((await call('GET', '/nothing')).status, 404);
});

test('SIGTERM ends an idle plugin at once', { skip }, async () => {
  assert.ok(server);
  const ended = once(server, 'exit');
  server.kill('SIGTERM');
  const [code] = (await Promise.race([
    ended,
    new Promise((_, reject) => setTimeout(() => reject(new Error('it still runs')), 5000).unref()),
  ])) as [number];
  assert.equal(code, 0);
});
