/** What JSON, outputs and constraints are at their edges. */

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import type { Definition, Manifest } from '../../languages/typescript/plugin_runtime/types.cts';

const require = createRequire(import.meta.url);

const { faults, wrongPattern } =
  require('../../languages/typescript/plugin_runtime/constraints.cts') as import('../../languages/typescript/plugin_runtime/constraints.cts').Api;
const { readInputs } =
  require('../../languages/typescript/plugin_runtime/inputs.cts') as import('../../languages/typescript/plugin_runtime/inputs.cts').Api;
const { Failure, encode, outputsOf, roundedIn } =
  require('../../languages/typescript/plugin_runtime/outputs.cts') as import('../../languages/typescript/plugin_runtime/outputs.cts').Api;
const { BadJson, parseText } =
  require('../../languages/typescript/plugin_runtime/strict_json.cts') as import('../../languages/typescript/plugin_runtime/strict_json.cts').Api;

const isBad = (message: string) => (error: unknown) =>
  error instanceof BadJson && error.message.includes(message);

test('a key that is no character is refused, and a long one is not shown', () => {
  assert.throws(() => parseText('{"\\ud800": 1}', 9), isBad('surrogate'));
  const [shown, long] = ['k'.repeat(40), 'k'.repeat(41)];
  assert.throws(() => parseText(`{"${shown}": 1, "${shown}": 2}`, 9), isBad(`'${shown}'`));
  assert.throws(() => parseText(`{"${long}": 1, "${long}": 2}`, 9), isBad('of 41 characters'));
});

test('what the code adds to every object is no key of a body', () => {
  Object.defineProperty(Object.prototype, 'added', { value: 1, enumerable: true, configurable: true });
  try {
    assert.deepEqual(Object.keys(parseText('{"a": {}}', 9).value as object), ['a']);
  } finally {
    delete (Object.prototype as { added?: unknown }).added;
  }
});

test('the digits of an integer that a double rounds are kept, in an envelope too', () => {
  const definitions: Definition[] = [{ name: 'id', type: 'string' }];
  for (const text of ['{"id": 9007199254740993}', '{"id": {"value": 9007199254740993, "args": {}}}']) {
    const { value, sources } = parseText(text, 9);
    const { values } = readInputs(definitions, value as Record<string, unknown>, { sources });
    assert.equal(values['id'], '9007199254740993', text);
  }
});

test('args are an object, and only an enveloped value has them', () => {
  const definitions: Definition[] = [
    { name: 'plain', type: 'string' },
    { name: 'odd', type: 'string' },
    { name: 'list', type: 'array', items: { name: 'item', type: 'number' } },
  ];
  const { args, values } = readInputs(definitions, {
    plain: 'a',
    odd: { value: 'b', args: 'no object' },
    list: [null, '1'],
  });
  assert.deepEqual(args, { odd: {} });
  assert.deepEqual(values['list'], [null, 1]); // null is refused by a constraint, and not converted
});

const definitions: Definition[] = [
  { name: 'toString', type: 'any', required: true },
  { name: 'needed', type: 'number', required: true },
];
const problemsOf = (outputs: object): string[] => {
  try {
    outputsOf({ success: true, outputs }, definitions);
  } catch (error) {
    return (error as InstanceType<typeof Failure>).errors;
  }
  return [];
};

test('an output is what the plugin gave, not what every object has', () => {
  assert.deepEqual(problemsOf({ needed: 1 }), ["Output 'toString' (any) is missing."]);
  assert.deepEqual(problemsOf({ toString: 1, needed: null }), [
    "Output 'needed' must be of type number, but is null.",
  ]);
  assert.deepEqual(problemsOf({ toString: 1, needed: 1, more: 1 }), [
    "Output 'more' is not declared in outputDefinitions of manifest.json.",
  ]);
  assert.throws(() => outputsOf({ success: false, error: '' }, []), /without a reason/);
});

test('objects without a prototype are JSON; keys and depths that are none are named', () => {
  const bare = Object.assign(Object.create(null) as object, { a: 1 });
  assert.equal(encode({ bare }), '{"success":true,"outputs":{"bare":{"a":1}}}');
  let deep: unknown[] = [];
  for (let level = 0; level < 2000; level += 1) deep = [deep];
  for (const [value, message] of [
    [{ '\ud800': 1 }, 'a key of result has half of a surrogate pair'],
    [deep, 'is nested too deeply'],
    [new Error('a'), 'write value.message'],
    [new URL('http://a'), 'write value.toJSON()'],
    [new DataView(new ArrayBuffer(1)), 'write its numbers'],
  ] as const)
    assert.throws(
      () => encode({ result: value }),
      (error) => error instanceof Failure && (error.errors[0] ?? '').includes(message),
      message,
    );
  assert.deepEqual(roundedIn({ a: 1e300, b: 2 ** 53 - 1 }), []);
});

test('a pattern is tried on 2000 characters, and ten wrong items are named', () => {
  const pattern: Definition = { name: 'a', type: 'string', pattern: '^x*$' };
  assert.deepEqual(faults('x'.repeat(2000), pattern), []);
  assert.deepEqual(faults('x'.repeat(2001), pattern), ['must have at most 2000 characters']);
  assert.deepEqual(faults('x'.repeat(2001), { ...pattern, maxLength: 5 }), [
    'must have at most 5 characters',
  ]);
  const list: Definition = { name: 'a', type: 'array', items: { name: 'item', type: 'number' } };
  assert.equal(faults(Array(20).fill('x'), list).length, 10);
  assert.deepEqual(faults([1], { ...list, minItems: 11 }), ['must have at least 11 items']);
  const wrong = {
    inputDefinitions: [{ ...list, items: { type: 'string', pattern: '(' } }],
    outputDefinitions: [],
  };
  assert.match(
    String(wrongPattern(wrong as unknown as Manifest)),
    /^the pattern of a in inputDefinitions is not/,
  );
});
