/** What is redacted, in which forms, and within which bounds. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspect } from 'node:util';
import type { Fields, Manifest } from '../../languages/typescript/plugin_runtime/types.cts';

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

test('every place is counted', () => {
  const secrets = Secrets.of(['a-longer-secret']);
  assert.equal(secrets.redact(['a-longer-secret, a-longer-secret']).count, 2);
});

test('a set of secrets is bounded', () => {
  const many = Secrets.of(Array.from({ length: 2000 }, (_, index) => `secret-number-${index}`));
  assert.equal(many.isComplete, false);
  assert.ok(many.forms.length <= 256);
  const short = (number: number) => Secrets.of([...Array(number).fill('short'), 'the-last-one']);
  assert.deepEqual([short(1023).isComplete, hides(short(1023), 'the-last-one')], [true, true]);
  assert.deepEqual([short(1024).isComplete, hides(short(1024), 'the-last-one')], [false, false]);
  assert.equal(Secrets.of(['x'.repeat(40_000)]).isComplete, false);
  assert.equal(Secrets.of(['a-longer-secret']).isComplete, true);
});

test('a long secret is found as console.log shows it', () => {
  const long = `it's ${'x'.repeat(12_000)}\n"end"`;
  assert.ok(hides(Secrets.of([long]), inspect(long, { maxStringLength: null }).slice(1, -1)));
});

test('the secrets of the latest 64 executions are remembered, of 1 MiB at most, and none over the bounds', () => {
  const requests = new RequestSecrets(manifest, Secrets.of([]));
  const remembers = (text: string): boolean =>
    [...requests.outsideExecutions()].some((secrets) => hides(secrets, text));
  for (let number = 0; number < 64; number += 1) requests.ofInputs({ pin: `secret-number-${number}` }, {});
  assert.ok(remembers('secret-number-0'));
  requests.ofInputs({ pin: 'secret-number-0' }, {}); // used again, so it is the latest
  requests.ofInputs({ pin: 'one-more-secret' }, {});
  assert.deepEqual(['secret-number-0', 'secret-number-1', 'secret-number-2'].map(remembers), [
    true,
    false,
    true,
  ]);
  requests.ofInputs({ pin: ['over-the-bounds', 'x'.repeat(40_000)] }, {});
  assert.ok(!remembers('over-the-bounds'));
  for (let number = 0; number < 10; number += 1)
    requests.ofInputs({ pin: String(number).repeat(32_000) }, {});
  const kept = [...requests.outsideExecutions()].reduce((sum, one) => sum + one.characters, 0);
  assert.ok(kept > 512 * 1024 && kept <= 1024 * 1024, String(kept));
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

test('secrets are found by the names and in the forms that the table says', () => {
  const { cases } = JSON.parse(
    readFileSync(join(import.meta.dirname, '../cases/redaction.json'), 'utf8'),
  ) as {
    cases: {
      headers?: Record<string, string>;
      inputs?: Fields;
      context?: Fields;
      environment?: Record<string, string>;
      text: unknown;
      redacted: unknown;
    }[];
  };
  assert.ok(cases.length > 90);
  const plugin = {
    ...manifest,
    inputDefinitions: [
      { name: 'pin', type: 'string', secret: true, aliases: ['code'] },
      { name: 'keys', type: 'object', secret: true },
      { name: 'declared_token', type: 'string' },
    ],
  } as unknown as Manifest;
  for (const one of cases) {
    const { headers = {}, inputs = {}, context = {}, environment = {}, text, redacted } = one;
    const requests = new RequestSecrets(plugin, secretsOfEnvironment(plugin, environment, []));
    const secrets = requests.ofHeaders(headers).with(requests.ofInputs(inputs, context));
    const said = JSON.stringify(one);
    assert.deepEqual(secrets.redact(text).value, redacted, said);
    const isHidden = JSON.stringify(text) !== JSON.stringify(redacted);
    if (typeof text === 'string') assert.equal(secrets.isIn(JSON.stringify(text)), isHidden, said);
  }
});
