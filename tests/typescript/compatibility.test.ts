/** What `make changes` and `make release` say of two manifests: the table that holds for every language. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Manifest, Step } from '../../languages/typescript/compatibility.ts';
import {
  changes,
  isEnough,
  lines,
  lowestVersion,
  stepNeeded,
} from '../../languages/typescript/compatibility.ts';

type Case = { path: string; value?: unknown; removed?: boolean; step: Step; lines: string[] };
type Table = {
  old: Manifest;
  cases: Case[];
  versions: { old: string; step: Step; lowest: string; tooSmall: string }[];
};

const table = JSON.parse(
  readFileSync(new URL('../cases/compatibility.json', import.meta.url), 'utf8'),
) as Table;

type Named = { name?: string; key?: string };
const isNamed = (one: Named, name: string): boolean => (one.name ?? one.key) === name;

/** The table's manifest with one thing changed. */
function withChange({ path, value, removed }: Case): Manifest {
  const manifest = structuredClone(table.old);
  const way = path.split('/');
  const last = way.pop() ?? '';
  // biome-ignore lint/suspicious/noExplicitAny: any JSON
  let at: any = manifest;
  for (const part of way) at = Array.isArray(at) ? at.find((one: Named) => isNamed(one, part)) : at[part];
  if (!Array.isArray(at)) {
    if (removed) delete at[last];
    else at[last] = value;
  } else if (last === '+') at.push(value);
  else if (last === 'first') at.unshift(value);
  else
    at.splice(
      at.findIndex((one: Named) => isNamed(one, last)),
      1,
      ...(removed ? [] : [value]),
    );
  return manifest;
}

test('each kind of change needs the step that the table says', () => {
  for (const one of table.cases) {
    const found = changes(table.old, withChange(one));
    assert.deepEqual([stepNeeded(found), lines(found)], [one.step, one.lines], JSON.stringify(one));
  }
  assert.ok(table.cases.length > 60);
  assert.deepEqual(changes(table.old, structuredClone(table.old)), []);
});

test('the largest change comes first, and no default of a secret is shown', () => {
  const now = withChange({ path: 'security/permissions', value: [], step: 'patch', lines: [] });
  for (const one of now.inputDefinitions ?? []) if (one.name === 'key') one.default = 'hunter2';
  now.outputDefinitions?.pop();
  assert.deepEqual(lines(changes(table.old, now)), [
    'major  output page: removed',
    'patch  permissions: net.fetch was removed',
  ]);
});

test('a step needs the version that the table says', () => {
  for (const { old, step, lowest, tooSmall } of table.versions) {
    assert.equal(lowestVersion(old, step), lowest);
    assert.ok(isEnough(old, lowest, step));
    assert.ok(!isEnough(old, tooSmall, step));
    assert.ok(isEnough(old, '10.0.0', step));
  }
  assert.throws(() => isEnough('1.2.3', '1.2', 'patch'), /1\.2 is not a version such as 1\.2\.0/);
});

test('what is no manifest is refused', () => {
  for (const wrong of [[], null, 'text']) assert.throws(() => changes(wrong as never, table.old), TypeError);
});
