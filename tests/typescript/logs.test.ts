/** A log line: whose fields win, which levels are written, and what a value without a text becomes. */

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { inspect } from 'node:util';
import type { Fields, Level, Manifest } from '../../languages/typescript/plugin_runtime/types.cts';

const require = createRequire(import.meta.url);

const { LONGEST_LINE, Lines } =
  require('../../languages/typescript/plugin_runtime/console.cts') as import('../../languages/typescript/plugin_runtime/console.cts').Api;
const { Log } =
  require('../../languages/typescript/plugin_runtime/logs.cts') as import('../../languages/typescript/plugin_runtime/logs.cts').Api;
const { RequestSecrets, Secrets } =
  require('../../languages/typescript/plugin_runtime/redaction.cts') as import('../../languages/typescript/plugin_runtime/redaction.cts').Api;

const manifest = { id: 'echo', version: '1.0.0', inputDefinitions: [] } as unknown as Manifest;

function logAt(level: Level, secret = 'the-secret-of-all') {
  const lines: Fields[] = [];
  const secrets = new RequestSecrets(manifest, Secrets.of([secret]));
  const log = new Log(manifest, secrets, (line) => lines.push(JSON.parse(line) as Fields), { level });
  return { log, lines };
}

test('what a line says itself wins over its further fields, redacted or not', () => {
  const { log, lines } = logAt('INFO');
  for (const message of ['plain', 'with the-secret-of-all'])
    log.write('INFO', 'author', message, {
      level: 'X',
      message: 'X',
      plugin_id: 'X',
      logger: 'X',
      colour: 'red',
    });
  for (const line of lines) {
    const { level, logger, plugin_id: id, colour } = line;
    assert.deepEqual([level, logger, id, colour], ['INFO', 'author', 'echo', 'red']);
  }
  assert.deepEqual(
    lines.map((line) => line['message']),
    ['plain', 'with [redacted]'],
  );
});

test('a line below the minimum level is not written, whether logged or printed', () => {
  const { log, lines } = logAt('WARNING');
  log.info('no');
  log.print('INFO', 'stdout', 'no');
  assert.deepEqual(log.outcome('INFO', 'no', {}), { line: '', redactions: 0 });
  log.warning('yes');
  log.print('ERROR', 'console', 'yes');
  assert.deepEqual(
    lines.map((line) => line['message']),
    ['yes', 'yes'],
  );
});

test('a key that is a secret stays, and does not count', () => {
  const { log } = logAt('INFO');
  const { line, redactions } = log.line('INFO', 'plugin', 'a', { 'the-secret-of-all': 1 });
  assert.equal(redactions, 0);
  assert.ok(line.includes('the-secret-of-all'));
});

test('a value that JSON cannot carry is shown, and one without a text does not lose the line', () => {
  const { log, lines } = logAt('INFO');
  const circle: unknown[] = [];
  circle.push(circle);
  const silent = {
    toJSON: () => assert.fail('no JSON'),
    [inspect.custom]: () => {
      throw new RangeError('no text');
    },
  };
  log.info('odd', { circle, silent });
  assert.match(String(lines[0]?.['circle']), /Circular/);
  assert.equal(lines[0]?.['silent'], 'without text: RangeError');
});

test('a secret is found wherever its line is cut', () => {
  for (const secret of ['token-4711-0815', 'aaaaaaab', 'abababac'])
    for (let cut = 0; cut <= secret.length; cut += 1) {
      const { log, lines } = logAt('INFO', secret);
      const printed = new Lines(log, 'INFO', 'stdout');
      const before = 'x'.repeat(LONGEST_LINE + 1 - cut);
      const whole = `${before}${secret}y`;
      printed.write(whole.slice(0, LONGEST_LINE + 1));
      printed.write(`${whole.slice(LONGEST_LINE + 1)}\n`);
      assert.equal(lines.length, 2);
      assert.equal(lines.map((line) => line['message']).join(''), `${before}[redacted]y`);
    }
});
