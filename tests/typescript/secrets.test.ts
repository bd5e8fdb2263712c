/** What is redacted, in which forms, and within which bounds. */

import assert from 'node:assert/strict';

import { createRequire } from 'node:module';
import { test } from 'node:test';
import { inspect } from 'node:util';
import type { Manifest } from '../../languages/typescript/plugin_runtime/types.cts';

const require = createRequire(import.meta.url);

const { RequestSecrets, Secrets, secretsOfEnvironment } =
  require('../../languages/typescript/plugin_runtime/redaction.cts') as import('../../languages/typescript/plugin_runtime/redaction.cts').Api;

const SECRET = `p/ss"wörd'+=&\n8 chars`;
/** Characters of its base64 that depend on nothing that could be behind it. */
const WHOLE = Math.floor((Buffer.byteLength(SECRET) * 8) / 6);
const manifest = {
  id: 'a',
  version: '1.0.0',
  inputDefinitions: [
    { name: 'key', type: 'string', secret: true, aliases: ['pin'] },
    { name: 'max_tokens', type: 'string' },
  ],
  outputDefinitions: [],
  configuration: [{ key: 'MAILBOX', type: 'secret' }],
} as unknown as Manifest;

const hides = (secrets: InstanceType<typeof Secrets>, text: string): boolean =>
  !secrets.redact(`<${text}>`).value.includes(text);

test('a secret is found in every form', () => {
  const secrets = Secrets.of([SECRET]);
  for (const form of [
    SECRET,
    JSON.stringify(SECRET).slice(1, -1),
    inspect(SECRET).slice(1, -1),
    encodeURIComponent(SECRET).replace("'", '%27'),
    encodeURIComponent(SECRET)
      .replace("'", '%27')
      .replace(/%../g, (octet) => octet.toLowerCase()),
    Buffer.from(SECRET).toString('base64').slice(0, WHOLE),
    Buffer.from(SECRET).toString('base64url').slice(0, WHOLE),
  ])
    assert.equal(secrets.redact(`<${form}>`).value, '<[redacted]>', form); // not only a line of it
  for (const encoding of ['base64', 'base64url'] as const) // with + and /, or - and _
    assert.equal(Secrets.of(['>>>???~~~']).redact(Buffer.from('>>>???~~~').toString(encoding)).count, 1);
  for (const before of ['', 'a', 'ab']) {
    const encoded = Buffer.from(`${before}${SECRET}and more`).toString('base64');
    assert.equal(secrets.redact(encoded).count, 1, encoded);
  }
});

test('a secret inside of another text is found', () => {
  const basic = `Basic ${Buffer.from('me:the-password').toString('base64')}`;
  for (const [text, inside] of [
    [basic, 'the-password'],
    ['Bearer of-a-header', 'of-a-header'],
    ['Server=db;Pwd=the-password;', 'the-password'],
    ['postgres://me:the%2fpassword@db/x', 'the/password'],
    ['postgres://me:short@db/x', 'me:short'], // together they are long enough
  ] as const)
    assert.ok(hides(Secrets.of([text]), inside), text);
});

test('the longer of two secrets goes as a whole', () => {
  const secrets = Secrets.of(['the-secret', 'the-secret-and-more']);
  assert.equal(secrets.redact('<the-secret-and-more>').value, '<[redacted]>');
});

test('short secrets, keys and other numbers stay', () => {
  const secrets = Secrets.of(['1234567', 'a-longer-secret', 12345678]);
  const value = {
    'a-longer-secret': 'a-longer-secret',
    short: '1234567',
    number: 12345678,
    other: 123456789,
  };
  assert.deepEqual(secrets.redact(value), {
    value: { 'a-longer-secret': '[redacted]', short: '1234567', number: '[redacted]', other: 123456789 },
    count: 2,
  });
});

test('a set of secrets is bounded', () => {
  const many = Secrets.of(Array.from({ length: 2000 }, (_, index) => `secret-number-${index}`));
  assert.equal(many.isComplete, false);
  assert.ok(many.forms.length <= 256);
  assert.equal(Secrets.of(['x'.repeat(40_000)]).isComplete, false);
  assert.equal(Secrets.of(['a-longer-secret']).isComplete, true);
});

test('the environment has secrets by name, by configuration and inside of URLs', () => {
  const environment = {
    S7_CM_TOKEN: 'token-of-the-host',
    MAILBOX: 'named-by-configuration',
    DATABASE: 'postgres://me:the-password@db/x',
    ORDINARY: 'an-ordinary-value',
    PLUGIN_SECRET_ENV: 'auto-secret-token',
  };
  const found = secretsOfEnvironment(manifest, environment, []);
  for (const text of ['token-of-the-host', 'named-by-configuration', 'the-password'])
    assert.ok(hides(found, text), text);
  for (const text of ['an-ordinary-value', 'auto-secret-token']) assert.ok(!hides(found, text), text);
  const named = secretsOfEnvironment(manifest, environment, ['ORDINARY']);
  assert.ok(hides(named, 'an-ordinary-value'));
  assert.ok(!hides(named, 'token-of-the-host'));
});

test('a request has secrets in its inputs, its context and its header', () => {
  const requests = new RequestSecrets(manifest, Secrets.of([]));
  const inputs = {
    pin: { value: 'the-declared-pin', args: { more: 'the-args-of-it' } },
    __auth_token: 'the-host-token',
    clientSecret: 'an-undeclared-one',
    max_tokens: 'no-secret-at-all',
    keywords: 'no-secret-either',
  };
  const own = requests.ofInputs(inputs, { a: { b: { password: 'three-levels-deep' } } });
  for (const text of [
    'the-declared-pin',
    'the-args-of-it',
    'the-host-token',
    'an-undeclared-one',
    'three-levels-deep',
  ])
    assert.ok(hides(own, text), text);
  for (const text of ['no-secret-at-all', 'no-secret-either']) assert.ok(!hides(own, text), text);
  assert.ok(hides(requests.ofHeaders({ authorization: 'Bearer of-a-header' }), 'of-a-header'));
  // Lines of no execution are redacted for the latest executions too.
  assert.ok([...requests.outsideExecutions()].some((secrets) => hides(secrets, 'the-host-token')));
});
