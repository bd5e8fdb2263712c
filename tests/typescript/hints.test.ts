/** What a failure says about its cause, and how log lines look to people. */

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import type { Manifest } from '../../languages/typescript/plugin_runtime/types.cts';

const require = createRequire(import.meta.url);
const { explain } =
  require('../../languages/typescript/plugin_runtime/hints.cts') as import('../../languages/typescript/plugin_runtime/hints.cts').Api;
const { Log } =
  require('../../languages/typescript/plugin_runtime/logs.cts') as import('../../languages/typescript/plugin_runtime/logs.cts').Api;
const { RequestSecrets, secretsOfEnvironment } =
  require('../../languages/typescript/plugin_runtime/redaction.cts') as import('../../languages/typescript/plugin_runtime/redaction.cts').Api;

const thrownBy = async (action: () => Promise<unknown>): Promise<unknown> => {
  try {
    await action();
  } catch (error) {
    return error;
  }
  return assert.fail('nothing was thrown');
};

test('a failure says what caused it', async () => {
  const refused = await thrownBy(() => fetch('http://127.0.0.1:1/'));
  assert.match(explain(refused), /^TypeError: fetch failed \(caused by Error: .+\)$/);
  const several = new AggregateError([new Error('connect ECONNREFUSED ::1:1'), new Error('other')]);
  assert.equal(
    explain(new TypeError('fetch failed', { cause: several })),
    'TypeError: fetch failed (caused by Error: connect ECONNREFUSED ::1:1)',
  );
  assert.equal(explain(new Error('a', { cause: new AggregateError([]) })), 'Error: a (caused by AggregateError: )');
  assert.equal(explain(new Error('a', { cause: 'b' })), 'Error: a');
  const odd = new Error('a');
  Object.defineProperty(odd, 'cause', { get: () => assert.fail('read') });
  assert.equal(explain(odd), 'Error: a');
});

test('an import without its extension is named', async () => {
  const here = new URL('.', import.meta.url).href;
  for (const [name, isAdvised] of [
    ['test_types', true],
    ['nowhere/at.all', false],
  ] as const) {
    const error = await thrownBy(() => import(`${here}${name}`));
    const advice = explain(error).includes(`names the file with its extension, such as ./${name}.ts`);
    assert.equal(advice, isAdvised, explain(error));
  }
});

test('a line for people has its lists as they are written', () => {
  const manifest = { id: 'a', version: '1.0.0', inputDefinitions: [] } as unknown as Manifest;
  const secrets = new RequestSecrets(manifest, secretsOfEnvironment(manifest, {}, []));
  const log = new Log(manifest, secrets, () => {}, { readable: true });
  const { line } = log.line('ERROR', 'plugin', 'failed', { errors: ["Input 'a' is missing."], more: { n: 1 } });
  assert.match(line, /errors=\[ "Input 'a' is missing\." \]  more=\{ n: 1 \}\n$/);
});
