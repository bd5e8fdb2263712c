/** Starts the plugin on this machine: `make run`, `make up`, `make down`.
 *
 *  The environment variable ENV_FILE names a settings file for it, one NAME=value per line. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { BEFORE, fail, needEngine, portTaken, remove, replaceContainer } from './plugin_container.ts';
import { readManifest } from './sync_types.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const {
  PLUGIN_HOST_PORT: port = '18080',
  PLUGIN_HOST_ADDRESS: address = '127.0.0.1',
  ENV_FILE,
} = process.env;
const UNITS: Record<string, number> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };
const manifest = readManifest() as ReturnType<typeof readManifest> & { container: { image: string } };

/** The settings of ENV_FILE. */
function settings(): Record<string, string> {
  if (!ENV_FILE) return {};
  try {
    return parseEnv(readFileSync(new URL(ENV_FILE, `file://${ROOT}`), 'utf8')) as Record<string, string>;
  } catch (error) {
    return fail(`ENV_FILE=${ENV_FILE} cannot be read: ${(error as Error).message}`);
  }
}

function needPortNumber(): void {
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65535)
    fail(`PLUGIN_HOST_PORT=${port} must be a number from 1 to 65535, such as 18080`);
}

/** Say why the port cannot be listened on; the server knows it by another name. */
async function needPort(): Promise<void> {
  const listener = createServer();
  try {
    await once(listener.listen(Number(port), address), 'listening');
    await once(listener.close(), 'close');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') fail(portTaken('run', port));
    const given = `PLUGIN_HOST_ADDRESS=${address} PLUGIN_HOST_PORT=${port}`;
    fail(`${given} cannot be listened on: ${(error as Error).message}`);
  }
}

/** Serve in this process, until Ctrl-C. */
async function run(): Promise<void> {
  needPortNumber();
  await needPort();
  const { PLUGIN_ENV = 'development', ...environment } = { ...settings(), ...process.env };
  Object.assign(process.env, environment, { PLUGIN_ENV, PLUGIN_PORT: port, PLUGIN_HOST: address });
  process.chdir(ROOT);
  createRequire(import.meta.url)('../server.cts');
}

/** The limits of manifest.json as compose.yaml has them: the processor is a weight. */
function containerOptions(): string[] {
  const { resources, ports } = manifest.container;
  const size = /^(\d+)([kmg]?)$/i.exec(String(resources?.memory));
  if (size === null) return fail('container.resources.memory of manifest.json must be like 256m');
  const memory = Number(size[1]) * (UNITS[(size[2] ?? '').toLowerCase()] ?? 1);
  return [
    ...[`--memory=${memory}`, `--cpu-shares=${Math.floor(Number(resources?.cpu) * 1024)}`],
    ...[`--tmpfs=/tmp:size=${Math.floor(memory / 4)},exec`, '--pids-limit=512'],
    `--publish=${address}:${port}:${ports[0]?.container}`,
    ...['--read-only', '--cap-drop=ALL', '--security-opt=no-new-privileges'],
  ];
}

/** All settings of ENV_FILE, and declared ones of this environment.
 *
 *  `make up` publishes the port, so port and host cannot be chosen in the container. */
function settingsToPass(): Record<string, string> {
  const known: NodeJS.ProcessEnv = { ...settings(), ...process.env };
  const declared = (manifest.configuration ?? []).map(({ key }) => key);
  const passed: Record<string, string> = {};
  for (const name of [...Object.keys(settings()), ...declared]) {
    const value = known[name];
    if (value !== undefined && name !== 'PLUGIN_PORT' && name !== 'PLUGIN_HOST') passed[name] = value;
  }
  return passed;
}

async function up(): Promise<void> {
  needPortNumber();
  const options = containerOptions();
  await replaceContainer(manifest.id, manifest.container.image, options, settingsToPass(), port);
  console.log(`It listens on http://localhost:${port}; make logs shows its log, make down stops it.`);
}

function down(): void {
  remove(manifest.id + BEFORE);
  if (remove(manifest.id)) console.log(`${manifest.id} is stopped.`);
}

const commands: Record<string, () => void | Promise<void>> = { run, engine: needEngine, up, down };
await commands[process.argv[2] ?? '']?.();
