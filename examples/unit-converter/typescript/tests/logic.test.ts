/** What Unit Converter answers: the cases of cases.json, which are the same in every language. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { example } from './example.ts';
import { run } from './plugin_call.ts';

type Case = {
  name: string;
  inputs: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  error?: string;
};
const table = readFileSync(new URL('cases.json', import.meta.url), 'utf8');
const { cases } = JSON.parse(table) as { cases: Case[] };

for (const { name, inputs, outputs, error } of cases) {
  test(name, async () => {
    const answer = await run(inputs);
    assert.deepEqual(answer.outputs, outputs, answer.error);
    assert.equal(answer.error, error);
  });
}

test('the example succeeds', async () => {
  const answer = await run(example());
  assert.ok(answer.success, answer.error);
});
