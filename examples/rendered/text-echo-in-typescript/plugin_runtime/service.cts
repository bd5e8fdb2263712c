/** Puts the parts together and runs them from start to SIGTERM. */

import type { LogWriter as LogWriterOf } from './log_writer.cts';
import type { Log as LogOf } from './logs.cts';
import type { Settings } from './settings.cts';
import type { Order } from './types.cts';

const { readFileSync } = require('node:fs') as typeof import('node:fs');
const { join } = require('node:path') as typeof import('node:path');

const { App } = require('./app.cts') as import('./app.cts').Api;
const { adopt, problemsOf } = require('./configuration.cts') as import('./configuration.cts').Api;
const { wrongPattern } = require('./constraints.cts') as import('./constraints.cts').Api;
const { adoptEnvironment } = require('./container.cts') as import('./container.cts').Api;
const { Server } = require('./http_server.cts') as import('./http_server.cts').Api;
const { LogWriter } = require('./log_writer.cts') as import('./log_writer.cts').Api;
const { Log } = require('./logs.cts') as import('./logs.cts').Api;
const { Budget } = require('./memory.cts') as import('./memory.cts').Api;
const { Metrics } = require('./metrics.cts') as import('./metrics.cts').Api;
const { NO_SECRETS, RequestSecrets, secretsOfEnvironment } =
  require('./redaction.cts') as import('./redaction.cts').Api;
const { SettingsError, deadlineMs, isReadable, loadSettings, secretNames } =
  require('./settings.cts') as import('./settings.cts').Api;
const { Threads, monotonicMs } = require('./threads.cts') as import('./threads.cts').Api;

type Manifest = import('./types.cts').Manifest;
type Threads_ = import('./threads.cts').Threads;

// The host asks for health again only a second later, so a start that is nearly done is waited for.
const PATIENCE_MS = 800;
// After a failure the reason is still answered for so long, to the host's next polls among others.
const FAILED_MS = 5000;
const LAST_MS = 500; // for answers that are written after the time to drain is over

const manifest = JSON.parse(readFileSync(join(__dirname, '../manifest.json'), 'utf8')) as Manifest;
const metrics = new Metrics(manifest);

/** The log of the main thread, and what writes it. */
function openLog(secrets: import('./redaction.cts').RequestSecrets): { log: LogOf; writer: LogWriterOf } {
  const readable = isReadable(process.env);
  const writer: LogWriterOf = new LogWriter(
    () => {
      metrics.droppedLines += 1;
    },
    (dropped) => {
      const message = `${dropped} log lines were dropped, because standard output was not read`;
      return log.line('WARNING', 'plugin', message, { dropped }).line;
    },
  );
  const level = process.env['PLUGIN_LOG_LEVEL']?.toUpperCase();
  const least = level === 'DEBUG' || level === 'WARNING' || level === 'ERROR' ? level : 'INFO';
  const log = new Log(
    manifest,
    secrets,
    (line, redactions) => {
      metrics.redactions += redactions;
      writer.write(line);
    },
    { readable, level: least },
  );
  process.removeAllListeners('warning');
  process.on('warning', (warning) => log.warning(`${warning.name}: ${warning.message}`));
  process.on('uncaughtException', (error) => {
    log.critical(`the server failed: ${error.name}: ${error.message}`, { exception: String(error.stack) });
    leave(writer, 1);
  });
  return { log, writer };
}

/** End the process at once, whatever still runs. */
function leave(writer: LogWriterOf, status: number, threads?: Threads_): never {
  writer.flush();
  // The exit waits for every thread, also for one in a call that cannot be interrupted: abort does not.
  if (threads !== undefined && threads.stuck > 0) process.abort();
  process.exit(status);
}

/** The settings, or the end of the process with the reason in the log. */
function settingsOr(end: (problem: string) => never): Settings {
  try {
    const settings = loadSettings(manifest, process.env);
    const wrong = wrongPattern(manifest);
    if (wrong !== undefined) end(`wrong manifest.json: ${wrong}`);
    return settings;
  } catch (error) {
    if (error instanceof SettingsError) end(`wrong settings: ${error.message}`);
    throw error;
  }
}

function makeThreads(
  settings: Settings,
  log: LogOf,
  writer: LogWriterOf,
  forms: string[],
  compiling: boolean,
  onThreads: (count: number) => void,
): Threads_ {
  const limit = deadlineMs(settings.timeoutMs);
  return new Threads(
    { slots: settings.concurrency, deadlineMs: limit, memoryBytes: settings.memoryBytes },
    {
      manifest,
      strictInputs: settings.strictInputs === 1,
      maxJsonDepth: settings.maxJsonDepth,
      maxOutputBytes: settings.maxOutputBytes,
      logLevel: settings.logLevel,
      readable: isReadable(process.env),
      compiling,
      secretForms: forms,
    },
    {
      onLine: (line, redactions, taken) => {
        metrics.redactions += redactions;
        writer.write(line, taken);
      },
      onLost: (lines) => {
        metrics.droppedLines += lines;
        writer.lose(lines);
      },
      onProblem: (message) => log.error(message),
      onThreads,
      onLateEnd: (order: Order, traceId: string) => {
        const seconds = ((monotonicMs() - order.started) / 1000).toFixed(1);
        log.warning(`ended ${seconds} s after its start, past its deadline`, { trace_id: traceId });
      },
    },
  );
}

/** Serve until SIGTERM. */
function run(): void {
  adopt(manifest, process.env);
  const names = secretNames(process.env);
  const secrets = new RequestSecrets(manifest, secretsOfEnvironment(manifest, process.env, names));
  const { log, writer } = openLog(secrets);
  const end = (problem: string): never => {
    log.critical(problem);
    return leave(writer, 2);
  };
  const settings = settingsOr(end);
  const problems = problemsOf(manifest, process.env);
  if (problems.length > 0) end(`the plugin cannot start: ${problems.join('; ')}`);
  const missing = names.filter((name) => process.env[name] === undefined);
  if (missing.length > 0) log.warning(`PLUGIN_SECRET_ENV names what is not set: ${missing.join(', ')}`);
  if (!secrets.environment.isComplete)
    log.warning(
      'not every secret of the environment is redacted: name them exactly, as in PLUGIN_SECRET_ENV=DB_PASSWORD,API_KEY',
    );
  const fd = handedOver();
  adoptEnvironment(process.env);
  const forms = secrets.environment.forms.map((form) => form.text);
  const budget = new Budget(settings.memoryBytes);
  const threads = makeThreads(settings, log, writer, forms, false, (count) => budget.leaveTo(count));
  const limit = deadlineMs(settings.timeoutMs);
  const app = new App({ manifest, settings, threads, secrets, metrics, log, deadlineMs: limit });
  app.writeLine = (line) => writer.write(line);

  const prepared = threads.prepare().then(
    () => {
      budget.measure();
      app.plugin.state = 'ready';
    },
    (error: Error) => {
      app.plugin.state = 'failed';
      app.plugin.error = error.message;
      setTimeout(endUnready, FAILED_MS);
    },
  );
  const endUnready = (): void => {
    if (app.plugin.state === 'ready' || app.plugin.stopping) return;
    const late = `it has not loaded plugin_logic.ts and ended setup() within ${settings.startSeconds} s (PLUGIN_START_SECONDS)`;
    app.plugin.error ||= late;
    log.critical(`the process ends, because the plugin is not ready: ${app.plugin.error}`);
    leave(writer, 1, threads);
  };
  setTimeout(endUnready, settings.startSeconds * 1000).unref();
  const patience = new Promise<void>((resolve) => setTimeout(resolve, PATIENCE_MS).unref());
  const server = new Server({ app, settings, budget, log, started: Promise.race([prepared, patience]) });

  const stop = (signal: NodeJS.Signals): void => {
    if (app.plugin.stopping) leave(writer, signal === 'SIGINT' ? 130 : 143, threads);
    app.plugin.stopping = true;
    log.info('stopping');
    server.stop();
    const finish = (): void => {
      log.info('stopped');
      leave(writer, 0, threads);
    };
    setTimeout(() => {
      threads.expire();
      setTimeout(finish, LAST_MS);
    }, settings.drainSeconds * 1000);
    void (threads.inFlight > 0 ? server.idle() : server.idleSoon()).then(finish);
  };
  process.removeAllListeners('SIGTERM').on('SIGTERM', stop);
  process.removeAllListeners('SIGINT').on('SIGINT', stop);
  server.listen(fd).then(
    (address) =>
      void prepared.then(() => log.info(`listening on ${address}`, { address, slots: settings.concurrency })),
    (error: Error) => end(error.message),
  );
}

/** The descriptor of the listening socket that listen_first.pl has opened, if it was for this process. */
function handedOver(): number | undefined {
  const { LISTEN_PID, LISTEN_FDS } = process.env;
  for (const name of ['LISTEN_PID', 'LISTEN_FDS', 'LISTEN_FDNAMES']) delete process.env[name];
  return LISTEN_PID === String(process.pid) && LISTEN_FDS === '1' ? 3 : undefined;
}

/** Load what a start loads, so that Node keeps it compiled; end with status 1 if that fails.
 *
 *  Run while the image is built: a container is always new, and would compile it at every start. */
function compile(): void {
  adopt(manifest, process.env);
  const { log, writer } = openLog(new RequestSecrets(manifest, NO_SECRETS));
  const settings = settingsOr((problem) => {
    log.critical(problem);
    return leave(writer, 1);
  });
  require('./openapi.cts'); // at the first GET /openapi.json
  makeThreads(settings, log, writer, [], true, () => {})
    .prepare()
    .then(
      () => leave(writer, 0),
      () => leave(writer, 1),
    );
}

const api = { compile, run };
export type Api = typeof api;
module.exports = api;
