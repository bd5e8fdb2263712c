/** The plugin's own code. This file is yours: add what your plugin must do. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { example } from './example.ts';
import { run } from './plugin_call.ts';

test('the example succeeds', async () => {
  const answer = await run(example());
  assert.ok(answer.success, answer.error);
});
