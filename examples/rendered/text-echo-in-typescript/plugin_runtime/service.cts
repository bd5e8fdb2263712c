/** Starts the first thread, then the server, which loads while the thread does. */

import type { Settings } from './settings.cts';

const { readFileSync } = require('node:fs') as typeof import('node:fs');
const { join } = require('node:path') as typeof import('node:path');

// Only what it takes to start a thread, which needs 30 ms to begin: the server is loaded meanwhile.
const { adopt, problemsOf } = require('./configuration.cts') as import('./configuration.cts').Api;
const { adoptEnvironment } = require('./container.cts') as import('./container.cts').Api;
const { Budget } = require('./memory.cts') as import('./memory.cts').Api;
const { SettingsError, deadlineMs, isReadable, loadSettings, secretNames } =
  require('./settings.cts') as import('./settings.cts').Api;
const { Threads } = require('./threads.cts') as import('./threads.cts').Api;

type Manifest = import('./types.cts').Manifest;
type Serving = import('./serving.cts').Api;

const manifest = JSON.parse(readFileSync(join(__dirname, '../manifest.json'), 'utf8')) as Manifest;

/** Load the server. */
const serving = (): Serving => require('./serving.cts') as Serving;

/** The settings; ends the process with a reason in the log if they are wrong. */
function settingsOrEnd(status: number): Settings {
  try {
    return loadSettings(manifest, process.env);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return serving().refuseToStart(manifest, `wrong settings: ${error.message}`, status);
  }
}

function makeThreads(settings: Settings, compiling: boolean): InstanceType<typeof Threads> {
  return new Threads(
    {
      slots: settings.concurrency,
      deadlineMs: deadlineMs(settings.timeoutMs),
      memoryBytes: settings.memoryBytes,
    },
    {
      manifest,
      strictInputs: settings.strictInputs === 1,
      maxJsonDepth: settings.maxJsonDepth,
      maxOutputBytes: settings.maxOutputBytes,
      logLevel: settings.logLevel,
      readable: isReadable(process.env),
      compiling,
      secretNames: secretNames(process.env),
    },
  );
}

/** Serve until SIGTERM. */
function run(): void {
  adopt(manifest, process.env);
  const fd = handedOver();
  const settings = settingsOrEnd(2);
  const problems = problemsOf(manifest, process.env);
  if (problems.length > 0)
    serving().refuseToStart(manifest, `the plugin cannot start: ${problems.join('; ')}`, 2);
  adoptEnvironment(process.env);
  const budget = new Budget(settings.memoryBytes);
  const threads = makeThreads(settings, false);
  const loaded = threads.prepare();
  serving().serve({ manifest, settings, budget, threads, loaded, fd });
}

/** The descriptor of the listening socket that listen_first.pl has opened, if it was for this process. */
function handedOver(): number | undefined {
  const { LISTEN_PID, LISTEN_FDS } = process.env;
  for (const name of ['LISTEN_PID', 'LISTEN_FDS', 'LISTEN_FDNAMES']) delete process.env[name];
  return LISTEN_PID === String(process.pid) && LISTEN_FDS === '1' ? 3 : undefined;
}

/** Load what a start loads, for Node to keep it compiled; exit with status 1 if that fails.
 *
 *  Run while the image is built: a container is always new, and would compile it at every start. */
function compile(): void {
  adopt(manifest, process.env);
  const settings = settingsOrEnd(1);
  const threads = makeThreads(settings, true);
  const loaded = threads.prepare();
  const { leave, listenTo, openJournal, refuseToStart } = serving();
  const { wrongPattern } = require('./constraints.cts') as import('./constraints.cts').Api;
  require('./openapi.cts'); // at the first GET /openapi.json
  const wrong = wrongPattern(manifest);
  if (wrong !== undefined) refuseToStart(manifest, `wrong manifest.json: ${wrong}`, 1);
  const journal = openJournal(manifest);
  const { writer } = journal;
  listenTo(threads, new Budget(settings.memoryBytes), journal);
  loaded.then(
    () => leave(writer, 0),
    () => leave(writer, 1),
  );
}

const api = { compile, run };
export type Api = typeof api;
module.exports = api;
