/** What the server says, counts and gives back for a request that no thread gets to see. */

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import type { Threads } from '../../languages/typescript/plugin_runtime/threads.cts';
import type { Fields, Manifest } from '../../languages/typescript/plugin_runtime/types.cts';

const require = createRequire(import.meta.url);

const { App } =
  require('../../languages/typescript/plugin_runtime/app.cts') as import('../../languages/typescript/plugin_runtime/app.cts').Api;
const { Log } =
  require('../../languages/typescript/plugin_runtime/logs.cts') as import('../../languages/typescript/plugin_runtime/logs.cts').Api;
const { Metrics } =
  require('../../languages/typescript/plugin_runtime/metrics.cts') as import('../../languages/typescript/plugin_runtime/metrics.cts').Api;
const { RequestSecrets, Secrets } =
  require('../../languages/typescript/plugin_runtime/redaction.cts') as import('../../languages/typescript/plugin_runtime/redaction.cts').Api;
const { loadSettings } =
  require('../../languages/typescript/plugin_runtime/settings.cts') as import('../../languages/typescript/plugin_runtime/settings.cts').Api;

const SECRET = 'a-secret-of-the-host';
const manifest = {
  id: 'echo',
  version: '1.0.0',
  inputDefinitions: [],
  outputDefinitions: [],
  container: { ports: [{ container: 8080 }] },
  api: { endpoint: '/execute', method: 'POST' },
} as unknown as Manifest;

/** A server whose slots are all taken, and the lines of its log. */
function full(stuck = 0, isStuckForLong = false) {
  const lines: Fields[] = [];
  const secrets = new RequestSecrets(manifest, Secrets.of([SECRET]));
  const app = new App({
    manifest,
    settings: loadSettings(manifest, {}),
    threads: { execute: () => undefined, allStuckFor: () => isStuckForLong, inFlight: 0, stuck, slots: 4 },
    secrets,
    metrics: new Metrics(manifest),
    log: new Log(manifest, secrets, (line) => lines.push(JSON.parse(line) as Fields)),
    deadlineMs: 1000,
  } as unknown as ConstructorParameters<typeof App>[0] & { threads: Threads });
  const page = (path: string): string => String(app.page('GET', path).body);
  /** Status and trace id of the answer to an execution, and how often its memory was given back. */
  const execute = (headers: Record<string, string> = {}): unknown[] => {
    const seen: unknown[] = [];
    let released = 0;
    const answered = (status: number, body: unknown): unknown =>
      seen.push(status, (JSON.parse(String(body)) as Fields)['trace_id']);
    app.execute(
      '{}',
      headers,
      ({ status, body }) => answered(status, body),
      () => {
        released += 1;
      },
    );
    return [...seen, released];
  };
  return { app, lines, page, execute };
}

test('an execution that is refused is answered, counted, logged, and gives its memory back', () => {
  const { app, lines, page, execute } = full();
  const traceparent = `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`;
  for (const [state, status, outcome, level] of [
    ['starting', 503, 'unavailable', 'ERROR'],
    ['ready', 429, 'busy', 'WARNING'], // the caller comes back
  ] as const) {
    app.plugin.state = state;
    assert.deepEqual(execute({ traceparent }), [status, 'ab'.repeat(16), 1]);
    const { level: logged, outcome: said, trace_id: trace } = lines.pop() ?? {};
    assert.deepEqual([logged, said, trace], [level, outcome, 'ab'.repeat(16)]);
    assert.match(page('/metrics'), new RegExp(`^plugin_executions_total{outcome="${outcome}"} 1$`, 'm'));
  }
  app.plugin.stopping = true;
  assert.equal(execute()[0], 503);
});

test('every slot past its deadline is no readiness, and for long neither health nor life', () => {
  for (const [stuck, isStuckForLong, statuses] of [
    [3, false, [200, 200, 200]],
    [4, false, [200, 200, 503]],
    [4, true, [503, 503, 503]],
  ] as const) {
    const { app } = full(stuck, isStuckForLong);
    app.plugin.state = 'ready';
    const found = ['/health', '/health/live', '/health/ready'].map((path) => app.page('GET', path).status);
    assert.deepEqual(found, statuses, `${stuck} ${isStuckForLong}`);
  }
});

test('a trace id of a version that is none is not taken', () => {
  const { execute } = full();
  for (const [version, isTaken] of [
    ['00', true],
    ['fe', true],
    ['ff', false],
  ] as const) {
    const [, trace] = execute({ traceparent: `${version}-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01` });
    assert.equal(trace === 'ab'.repeat(16), isTaken, version);
    assert.match(String(trace), /^[0-9a-f]{32}$/);
  }
});

test('no page repeats a long path or method', () => {
  const { app, page } = full();
  assert.ok(page(`/${'x'.repeat(5000)}`).length < 1000);
  assert.ok(String(app.page('M'.repeat(5000), '/health').body).length < 200);
});

test('no page shows a secret of the environment', () => {
  const { app, page } = full();
  app.plugin.state = 'failed';
  app.plugin.error = `setup() failed: ${SECRET}`;
  for (const text of [page('/health'), page('/health/ready'), page(`/${SECRET}`)]) {
    assert.ok(text.includes('[redacted]'), text);
    assert.ok(!text.includes(SECRET), text);
  }
  assert.match(page('/metrics'), /^plugin_redactions_total [1-9]/m);
});

test('a duration is counted in every bucket whose bound it does not exceed', () => {
  const metrics = new Metrics(manifest);
  for (const seconds of [0.005, 0.2, 61]) metrics.count('success', seconds);
  const page = metrics.render({});
  for (const [bound, count] of [
    ['0.005', 1],
    ['0.1', 1],
    ['0.25', 2],
    ['60.0', 2],
    ['+Inf', 3],
  ])
    assert.ok(page.includes(`_bucket{le="${bound}"} ${count}\n`), page);
  assert.ok(page.includes('_sum 61.205000\n'));
});
