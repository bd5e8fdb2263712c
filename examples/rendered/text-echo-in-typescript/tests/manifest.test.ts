/** What several files repeat is the same, and the manifest has nothing that the host silently drops. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { example } from './example.ts';
import { readManifest, typesOf } from './sync_types.ts';

const ROOT = new URL('../', import.meta.url);
const manifest = readManifest() as ReturnType<typeof readManifest> & {
  entryPoint: { main: string };
  container: { image: string };
};
const text = (name: string): string => readFileSync(new URL(name, ROOT), 'utf8');

test('plugin_types.ts is what make sync writes', () => {
  assert.equal(text('plugin_types.ts'), typesOf(manifest), 'run make sync');
});

test('the version is the same everywhere', () => {
  const { version, container } = manifest;
  assert.match(version, /^(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}$/);
  assert.ok(container.image.endsWith(`:${version}`), `container.image must end with :${version}`);
  assert.ok(
    text('Dockerfile').includes(`ARG PLUGIN_VERSION=${version}\n`),
    'ARG PLUGIN_VERSION of Dockerfile',
  );
  assert.ok(text('compose.yaml').includes(JSON.stringify(container.image)), 'image of compose.yaml');
});

test('names are declared once, and the example gives declared inputs', () => {
  const names = [...manifest.inputDefinitions, ...manifest.outputDefinitions].map((one) => one.name);
  assert.deepEqual([...new Set(names)], names);
  for (const name of Object.keys(example()))
    assert.ok(
      manifest.inputDefinitions.some((one) => [one.name, ...(one.aliases ?? [])].includes(name)),
      `examples/request.json gives ${name}, which manifest.json does not declare`,
    );
});

test('the host can use it', () => {
  assert.ok(existsSync(new URL(manifest.entryPoint.main, ROOT)));
  const resources = manifest.container.resources;
  assert.match(String(resources?.memory), /^\d+[kmg]?$/i, 'the host drops any other memory limit');
  assert.ok(Number(resources?.cpu) > 0, 'container.resources.cpu must be a number such as 0.5');
  assert.ok(manifest.container.healthCheck?.path, 'the host drops a plugin without healthCheck.path');
  for (const { name, type, required } of manifest.inputDefinitions)
    if (type === 'boolean')
      assert.ok(
        !required,
        `input ${name}: the host refuses false for a required input: write "required": false and a defaultValue`,
      );
});

test('package-lock.json locks package.json', () => {
  const wanted = JSON.parse(text('package.json')) as Record<string, unknown>;
  const { packages } = JSON.parse(text('package-lock.json')) as {
    packages: Record<string, Record<string, unknown>>;
  };
  for (const key of ['dependencies', 'devDependencies'])
    assert.deepEqual(packages['']?.[key] ?? {}, wanted[key] ?? {}, 'run make lock');
});
