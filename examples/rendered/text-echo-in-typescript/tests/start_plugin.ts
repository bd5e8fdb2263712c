/** Starts the plugin on this machine: `make run`, `make up`, `make down`.
 *
 *  The environment variable ENV_FILE names a file of settings for it, one NAME=value a line. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { readManifest } from './sync_types.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const {
  PLUGIN_HOST_PORT: port = '18080',
  PLUGIN_HOST_ADDRESS: address = '127.0.0.1',
  ENV_FILE,
} = process.env;
const HEALTH = ['/usr/local/bin/node', '/app/plugin_runtime/healthcheck.cts'];
const UNITS: Record<string, number> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };
const manifest = readManifest() as ReturnType<typeof readManifest> & { container: { image: string } };

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}

/** The settings of ENV_FILE. */
function settings(): Record<string, string> {
  if (!ENV_FILE) return {};
  try {
    return parseEnv(readFileSync(new URL(ENV_FILE, `file://${ROOT}`), 'utf8')) as Record<string, string>;
  } catch (error) {
    return fail(`ENV_FILE=${ENV_FILE} cannot be read: ${(error as Error).message}`);
  }
}

function docker(...options: string[]) {
  const done = spawnSync('docker', options, { encoding: 'utf8' });
  if (done.error) fail(`docker cannot be started: ${done.error.message}`);
  return done;
}

const portTaken = (command: string): string =>
  `Port ${port} is taken: make ${command} PLUGIN_HOST_PORT=${Number(port) + 1}`;

/** Say which other port to take where this one is taken; the server knows it by another name. */
async function needPort(): Promise<void> {
  const listener = createServer();
  try {
    await once(listener.listen(Number(port), address), 'listening');
    await once(listener.close(), 'close');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') fail(portTaken('run'));
    // The server says what else is wrong with it.
  }
}

/** Serve in this process, until Ctrl-C. */
async function run(): Promise<void> {
  await needPort();
  const { PLUGIN_ENV = 'development', ...environment } = { ...settings(), ...process.env };
  Object.assign(process.env, environment, { PLUGIN_ENV, PLUGIN_PORT: port, PLUGIN_HOST: address });
  process.chdir(ROOT);
  createRequire(import.meta.url)('../server.cts');
}

/** Start the image with the manifest's limits, and wait until it is healthy. */
async function up(): Promise<void> {
  const { id, configuration = [], container } = manifest;
  const size = /^(\d+)([kmg]?)$/i.exec(String(container.resources?.memory));
  if (size === null) return fail('container.resources.memory of manifest.json must be like 256m');
  const memory = Number(size[1]) * (UNITS[(size[2] ?? '').toLowerCase()] ?? 1);
  const known: NodeJS.ProcessEnv = { ...settings(), ...process.env };
  const names = new Set([...Object.keys(settings()), ...configuration.map(({ key }) => key)]);
  const passed = [...names].filter((name) => known[name] !== undefined).map((name) => `--env=${name}`);
  docker('rm', '--force', id);
  const started = spawnSync(
    'docker',
    [
      ...['run', '--detach', `--name=${id}`, `--memory=${memory}`, '--pids-limit=512', '--read-only'],
      `--cpu-shares=${Math.floor(Number(container.resources?.cpu) * 1024)}`,
      ...[`--tmpfs=/tmp:size=${Math.floor(memory / 4)},exec`, '--cap-drop=ALL'],
      ...[
        '--security-opt=no-new-privileges',
        `--publish=${address}:${port}:${container.ports[0]?.container}`,
      ],
      ...[...passed, container.image],
    ],
    { encoding: 'utf8', env: known },
  );
  if (started.status !== 0) {
    docker('rm', '--force', id);
    const taken = /already (allocated|in use)|not available/.test(started.stderr);
    const advice = taken ? `\n${portTaken('up')}` : '';
    return fail(`${started.stderr.trim()}${advice}`);
  }
  const until = Date.now() + 60_000;
  for (;;) {
    if (docker('exec', id, ...HEALTH).status === 0) break;
    const running = docker('inspect', '--format={{.State.Running}}', id).stdout.trim() === 'true';
    if (!running || Date.now() > until) {
      const log = docker('logs', '--tail=20', id);
      docker('rm', '--force', id);
      return fail(
        `${log.stdout}${log.stderr}\nThe plugin did not get healthy; its last log lines are above.`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  console.log(`It listens on http://localhost:${port}; make logs shows its log, make down stops it.`);
}

function down(): void {
  if (docker('rm', '--force', manifest.id).stdout.trim()) console.log(`${manifest.id} is stopped.`);
}

const commands: Record<string, () => void | Promise<void>> = { run, up, down };
await commands[process.argv[2] ?? '']?.();
