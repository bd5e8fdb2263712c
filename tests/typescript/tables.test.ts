/** The tables of cases that hold for every language: conversion of inputs, constraints, settings. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Definition, Fields, Manifest, Type } from '../../languages/typescript/plugin_runtime/types.cts';

const require = createRequire(import.meta.url);

const { faults } =
  require('../../languages/typescript/plugin_runtime/constraints.cts') as import('../../languages/typescript/plugin_runtime/constraints.cts').Api;
const { readInputs } =
  require('../../languages/typescript/plugin_runtime/inputs.cts') as import('../../languages/typescript/plugin_runtime/inputs.cts').Api;
const { SettingsError, loadSettings } =
  require('../../languages/typescript/plugin_runtime/settings.cts') as import('../../languages/typescript/plugin_runtime/settings.cts').Api;
const { parseText } =
  require('../../languages/typescript/plugin_runtime/strict_json.cts') as import('../../languages/typescript/plugin_runtime/strict_json.cts').Api;

const CASES = join(import.meta.dirname, '../cases');

/** Parse as a request is parsed, so that the digits of large integers are kept. */
const table = (name: string) => parseText(readFileSync(join(CASES, name), 'utf8'), 100);

type Conversion = { type: Type; sent: unknown; given?: unknown; strict?: unknown };

for (const strict of [false, true])
  test(`inputs are converted as the table says, ${strict ? 'strictly' : 'or refused'}`, () => {
    const { value, sources } = table('input_conversion.json');
    const { cases } = value as { cases: Conversion[] };
    assert.ok(cases.length > 80);
    for (const one of cases) {
      const definition: Definition = { name: 'sent', type: one.type, required: true };
      const wanted =
        strict && 'strict' in one ? (one.strict === 'refused' ? undefined : one.strict) : one.given;
      const reading = readInputs([definition], one as unknown as Fields, { strict, sources });
      const said = JSON.stringify(one);
      assert.equal(reading.problems.length, wanted === undefined ? 1 : 0, said);
      if (wanted !== undefined) assert.deepEqual(reading.values['sent'], wanted, said);
    }
  });

test('constraints take and refuse what the table says', () => {
  const { cases } = table('constraints.json').value as {
    cases: { definition: Definition; valid: unknown[]; invalid: Record<string, unknown[]> }[];
  };
  for (const { definition, valid, invalid } of cases) {
    for (const value of valid)
      assert.deepEqual(faults(value, definition), [], JSON.stringify([definition, value]));
    for (const [message, values] of Object.entries(invalid))
      for (const value of values) {
        const found = faults(value, definition).join('; ');
        assert.ok(found.includes(message), `${JSON.stringify([definition, value])}: ${found}`);
      }
  }
});

test('a default is a copy of its own for each execution', () => {
  const definition: Definition = { name: 'tags', type: 'array', defaultValue: ['a'] };
  const given = () => readInputs([definition], {}).values['tags'] as string[];
  given().push('left behind');
  assert.deepEqual(given(), ['a']);
});

test('null is a value where any is, and counts as not given elsewhere', () => {
  const definitions: Definition[] = [
    { name: 'any', type: 'any', defaultValue: 1 },
    { name: 'text', type: 'string', defaultValue: 'b' },
  ];
  assert.deepEqual(readInputs(definitions, { any: null, text: null }).values, { any: null, text: 'b' });
  assert.deepEqual(readInputs(definitions, {}).values, { any: 1, text: 'b' });
});

test('settings are taken and refused as the table says', () => {
  const { bounds, cases } = table('settings.json').value as {
    bounds: Record<string, [number, number, number]>;
    cases: { variable: string; given: string; times?: number; taken?: unknown; refused?: string }[];
  };
  assert.ok(cases.length > 100);
  const manifest = {
    container: { ports: [{ container: 8080 }], resources: { memory: '256m', cpu: '0.5' } },
    api: { endpoint: '/execute', method: 'POST' },
  } as unknown as Manifest;
  const settingOf = (variable: string, given: string): unknown => {
    const name = variable.replace('PLUGIN_', '').replaceAll('_', '').toLowerCase();
    const all = Object.entries(loadSettings(manifest, { [variable]: given }));
    return all.find(([one]) => one.toLowerCase() === name)?.[1];
  };
  assert.ok(Object.keys(bounds).length > 14);
  for (const [variable, [standard, lowest, highest]] of Object.entries(bounds)) {
    assert.equal(settingOf(variable, ''), standard, variable);
    for (const taken of [lowest, highest]) assert.equal(settingOf(variable, String(taken)), taken, variable);
    for (const refused of [lowest - 1, highest + 1])
      assert.throws(() => settingOf(variable, String(refused)), SettingsError, variable);
  }
  for (const { variable, given, times = 1, taken, refused } of cases) {
    const load = () => loadSettings(manifest, { [variable]: given.repeat(times) });
    const said = `${variable}=${JSON.stringify(given)} ${times} times`;
    if (refused === undefined) assert.deepEqual(settingOf(variable, given.repeat(times)), taken, said);
    else assert.throws(load, (error) => error instanceof SettingsError && error.message === refused, said);
  }
});
