/** How often `setup()` runs, and what of a module later executions find again. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const SOURCES = join(import.meta.dirname, '../../languages/typescript');
const LOGIC = `
import { readdirSync, writeFileSync } from 'node:fs';
import { threadId } from 'node:worker_threads';
let ready = 0;
let executions = 0;
export function setup() { ready += 1; }
export async function executePlugin() {
  executions += 1;
  const counted = ready + ' ' + executions;
  // The first two execute at the same time, however long a thread takes to start.
  writeFileSync('begun-' + threadId, '');
  while (readdirSync('.').filter((name) => name.startsWith('begun-')).length < 2)
    await new Promise((resolve) => setTimeout(resolve, 10));
  return { success: true, outputs: { result: counted } };
}
`;

test('setup() runs once in each thread, and what a module keeps is there again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'setup-'));
  for (const name of ['server.cts', 'plugin_runtime'])
    cpSync(join(SOURCES, name), join(folder, name), { recursive: true });
  const { manifest } = JSON.parse(
    readFileSync(join(import.meta.dirname, '../cases/http.json'), 'utf8'),
  ) as { manifest: unknown };
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
  writeFileSync(join(folder, 'package.json'), '{"type": "module"}');
  writeFileSync(join(folder, 'plugin_logic.ts'), LOGIC);
  const env = {
    PLUGIN_PORT: '0',
    PLUGIN_HOST: '127.0.0.1',
    PLUGIN_CONCURRENCY: '2',
    PLUGIN_TIMEOUT_MS: '60000',
  };
  const plugin = spawn(process.execPath, ['server.cts'], { cwd: folder, env });
  let log = '';
  try {
    const address = await new Promise<string>((resolve, reject) => {
      plugin.on('exit', () => reject(new Error(log)));
      plugin.stdout.on('data', (piece: Buffer) => {
        log += piece;
        const found = /"address": ?"([^"]+)"/.exec(log);
        if (found?.[1] !== undefined) resolve(found[1]);
      });
    });
    const request = {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ inputs: { do: 'inputs' } }),
    };
    const execute = async (): Promise<unknown> => {
      const answer = await fetch(`http://${address}/execute`, request);
      return ((await answer.json()) as { outputs: { result: unknown } }).outputs.result;
    };
    assert.deepEqual(await Promise.all([execute(), execute()]), ['1 1', '1 1']);
    assert.equal(await execute(), '1 2', 'on one of the two threads');
    assert.equal(log.split('setup() took').length - 1, 2);
  } finally {
    plugin.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  }
});
