/** The plugin's container on this machine: start_plugin.ts asks the Docker client through this. */
import { spawnSync } from 'node:child_process';

export const BEFORE = '.before'; // what the container that ran before is called meanwhile; no slug has a dot
const HEALTH = ['/usr/local/bin/node', '/app/plugin_runtime/healthcheck.cts'];
const SLOW_SECONDS = 30; // for a slow engine, on top of the time that the plugin gives itself

type State = { isRunning: boolean; exitStatus: string };

export function fail(message: string): never {
  console.error(message);
  process.exit(1);
}

export const portTaken = (command: string, port: string): string =>
  `Port ${port} is taken: make ${command} PLUGIN_HOST_PORT=${Number(port) + (port === '65535' ? -1 : 1)}`;

/** Run the Docker client; the variables are added to its environment. */
function docker(options: string[], variables: Record<string, string> = {}) {
  const done = spawnSync('docker', options, { encoding: 'utf8', env: { ...process.env, ...variables } });
  if (done.error) fail(`docker cannot be started: ${done.error.message}`);
  return done;
}

/** Say what to do where docker cannot be used. */
export function needEngine(): void {
  const { error, status, stderr } = spawnSync('docker', ['version', '--format', '{{.Server.Version}}'], {
    encoding: 'utf8',
  });
  if (error) fail('Docker is not installed: https://docs.docker.com/get-docker/ (or use make run)');
  const reason = stderr.trim().split('\n').at(-1);
  if (status !== 0) fail(`No Docker engine answers: ${reason}\nStart it (or use make run).`);
}

/** What the engine knows about the plugin's container of that name; null if there is none.
 *
 *  Ends this process if the container is another program's. */
function stateOf(name: string): State | null {
  const format =
    '{{.State.Running}} {{.State.ExitCode}} {{index .Config.Labels "org.opencontainers.image.title"}}';
  const found = docker(['container', 'inspect', '--format', format, name]);
  if (found.status !== 0) return null;
  const [running, exitStatus = '', ...title] = found.stdout.trim().split(' ');
  const own = name.endsWith(BEFORE) ? name.slice(0, -BEFORE.length) : name;
  if (title.join(' ') !== own) {
    fail(`The container ${name} is not this plugin's: rename it, docker rename ${name} NAME`);
  }
  return { isRunning: running === 'true', exitStatus };
}

/** Stop and remove the plugin's container; return whether there was one. */
export function remove(name: string): boolean {
  if (stateOf(name) === null) return false;
  docker(['stop', name]);
  docker(['rm', '--force', name]);
  return true;
}

/** Stop the plugin's container and keep it; return whether there is one to bring back. */
function putAside(name: string): boolean {
  const state = stateOf(name);
  // Or one that a killed `make up` has put aside.
  if (state === null) return stateOf(name + BEFORE) !== null;
  remove(name + BEFORE);
  if (!state.isRunning) {
    remove(name);
    return false;
  }
  docker(['stop', name]);
  docker(['rename', name, name + BEFORE]);
  return true;
}

/** Start again what `putAside` has kept, and say so. */
function bringBack(name: string): void {
  docker(['rename', name + BEFORE, name]);
  const started = docker(['start', name]);
  const failure = ` cannot be started again: ${started.stderr.trim()}`;
  console.error(`The previous container${started.status === 0 ? ' is running again.' : failure}`);
}

/** Start the image in place of the container that runs, and wait until it is healthy.
 *
 *  If it does not get there, or after Ctrl-C, the previous container runs again, and this
 *  process ends. */
export async function replaceContainer(
  name: string,
  image: string,
  options: string[],
  settings: Record<string, string>,
  port: string,
): Promise<void> {
  let isInterrupted = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      isInterrupted = true;
    });
  }
  const hasBefore = putAside(name);
  const passed = Object.keys(settings).map((setting) => `--env=${setting}`);
  const started = docker(['run', '--detach', `--name=${name}`, ...options, ...passed, image], settings);
  let reason = whyNotStarted(started.status, started.stderr, port);
  if (reason === '') {
    const problem = await whyUnhealthy(name, startSeconds(settings) + SLOW_SECONDS, () => isInterrupted);
    if (problem === 'interrupted') reason = problem;
    else if (problem !== '') {
      const log = docker(['logs', '--tail=20', name]);
      const words = `The plugin did not become healthy: ${problem}; its last log lines are above`;
      reason = `${log.stdout}${log.stderr}\n${words}`;
    }
  }
  if (reason === '') {
    remove(name + BEFORE);
    return;
  }
  console.error(reason);
  docker(['rm', '--force', name]);
  if (hasBefore) bringBack(name);
  process.exit(1);
}

function startSeconds({ PLUGIN_START_SECONDS = '' }: Record<string, string>): number {
  return /^\d+$/.test(PLUGIN_START_SECONDS) ? Number(PLUGIN_START_SECONDS) : 30;
}

function whyNotStarted(status: number | null, problem: string, port: string): string {
  if (status === 0) return '';
  if (status === null) return 'interrupted';
  const isTaken = /already (allocated|in use)|not available/.test(problem);
  const advice = isTaken ? `\n${portTaken('up', port)}` : '';
  return `${problem.trim()}${advice}`;
}

/** Wait for health; return why it does not come, or "" once it has. */
async function whyUnhealthy(name: string, seconds: number, isInterrupted: () => boolean): Promise<string> {
  const until = Date.now() + seconds * 1000;
  for (;;) {
    const health = docker(['exec', name, ...HEALTH]);
    if (health.status === 0) return '';
    await new Promise((resolve) => setTimeout(resolve, 200)); // signals arrive meanwhile
    if (isInterrupted()) return 'interrupted';
    const state = stateOf(name);
    if (!state?.isRunning) return `it ended with exit status ${state?.exitStatus ?? 'unknown'}`;
    if (Date.now() > until) return `its health check says: ${health.stdout.trim() || health.stderr.trim()}`;
  }
}
