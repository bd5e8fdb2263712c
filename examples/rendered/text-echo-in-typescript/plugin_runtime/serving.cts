/** Serves until SIGTERM: log, HTTP server, drain. */

import type { LogWriter as LogWriterOf } from './log_writer.cts';
import type { Log as LogOf } from './logs.cts';
import type { Budget } from './memory.cts';
import type { Metrics as MetricsOf } from './metrics.cts';
import type { RequestSecrets as RequestSecretsOf } from './redaction.cts';
import type { Settings } from './settings.cts';
import type { Threads } from './threads.cts';
import type { Manifest, Order } from './types.cts';

const { App } = require('./app.cts') as import('./app.cts').Api;
const { wrongPattern } = require('./constraints.cts') as import('./constraints.cts').Api;
const { roomInDescriptors } = require('./descriptors.cts') as import('./descriptors.cts').Api;
const { Server } = require('./http_server.cts') as import('./http_server.cts').Api;
const { LogWriter } = require('./log_writer.cts') as import('./log_writer.cts').Api;
const { Log } = require('./logs.cts') as import('./logs.cts').Api;
const { LEAST } = require('./memory.cts') as import('./memory.cts').Api;
const { Metrics } = require('./metrics.cts') as import('./metrics.cts').Api;
const { RequestSecrets, secretsOfEnvironment } = require('./redaction.cts') as import('./redaction.cts').Api;
const { deadlineMs, isReadable, secretNames } = require('./settings.cts') as import('./settings.cts').Api;
const { monotonicMs } = require('./threads.cts') as import('./threads.cts').Api;

// The host asks for health again only a second later, so a start that is nearly done is waited for.
const PATIENCE_MS = 800;
// So long after a failed start, the reason is still answered, to the host's next polls among others.
const FAILED_MS = 5000;
const LAST_MS = 500; // for answers that are written after the drain has timed out

/** The log of the main thread, what writes it, and what both need. */
type Journal = { log: LogOf; writer: LogWriterOf; metrics: MetricsOf; secrets: RequestSecretsOf };

/** What exists before the server does; `loaded` resolves once the first thread has loaded the logic. */
type Started = {
  manifest: Manifest;
  settings: Settings;
  budget: Budget;
  threads: Threads;
  loaded: Promise<void>;
  /** The listening socket, if it was handed over. */
  fd: number | undefined;
};

/** Open the log of the main thread. */
function openJournal(manifest: Manifest): Journal {
  const metrics = new Metrics(manifest);
  const names = secretNames(process.env);
  const secrets = new RequestSecrets(manifest, secretsOfEnvironment(manifest, process.env, names));
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
  return { log, writer, metrics, secrets };
}

/** End the process at once, whatever still runs. */
function leave(writer: LogWriterOf, status: number, threads?: Threads): never {
  writer.flush();
  // process.exit waits for every thread, also for one in a call that cannot be interrupted. Becoming
  // another program ends them all, and leaves the exit status to us.
  if (threads !== undefined && !threads.areIdle && process.execve !== undefined)
    process.execve('/bin/sh', ['sh', '-c', `exit ${status}`], {});
  process.exit(status);
}

/** Log why the process cannot serve, and end it. */
function refuseToStart(manifest: Manifest, problem: string, status: number): never {
  const { log, writer } = openJournal(manifest);
  log.critical(problem);
  return leave(writer, status);
}

/** Write to the log what the threads report. */
function listenTo(threads: Threads, budget: Budget, { log, writer, metrics }: Journal): void {
  threads.listener = {
    onLine: (line, redactions, taken) => {
      metrics.redactions += redactions;
      writer.write(line, taken);
    },
    onLost: (lines) => {
      metrics.droppedLines += lines;
      writer.lose(lines);
    },
    onProblem: (message) => log.error(message),
    onThreads: (count) => budget.leaveTo(count),
    onLateEnd: (order: Order, traceId: string) => {
      const seconds = ((monotonicMs() - order.started) / 1000).toFixed(1);
      log.warning(`ended ${seconds} s after its start, past its deadline`, { trace_id: traceId });
    },
  };
}

/** Serve until SIGTERM. */
function serve({ manifest, settings, budget, threads, loaded, fd }: Started): void {
  const journal = openJournal(manifest);
  const { log, writer, metrics, secrets } = journal;
  listenTo(threads, budget, journal);
  const end = (problem: string): never => {
    log.critical(problem);
    return leave(writer, 2);
  };
  const wrong = wrongPattern(manifest);
  if (wrong !== undefined) end(`wrong manifest.json: ${wrong}`);
  const missing = secretNames(process.env).filter((name) => process.env[name] === undefined);
  if (missing.length > 0)
    log.warning(`PLUGIN_SECRET_ENV names variables that are not set: ${missing.join(', ')}`);
  if (!secrets.environment.isComplete)
    log.warning(
      'some secrets of the environment are not redacted: name them exactly, as in PLUGIN_SECRET_ENV=DB_PASSWORD,API_KEY',
    );
  if (settings.memoryBytes < LEAST)
    log.warning(
      `PLUGIN_MEMORY_BYTES is ${settings.memoryBytes}: with less than 160m, large requests can end the process; raise container.resources.memory`,
    );
  const limit = deadlineMs(settings.timeoutMs);
  const app = new App({ manifest, settings, threads, secrets, metrics, log, deadlineMs: limit });
  app.writeLine = (line) => writer.write(line);

  const prepared = loaded.then(
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
    const late = `it did not load plugin_logic.ts and finish setup() within ${settings.startSeconds} s (PLUGIN_START_SECONDS)`;
    app.plugin.error ||= late;
    log.critical(`the process ends, because the plugin is not ready: ${app.plugin.error}`);
    leave(writer, 1, threads);
  };
  setTimeout(endUnready, settings.startSeconds * 1000).unref();
  const patience = new Promise<void>((resolve) => setTimeout(resolve, PATIENCE_MS).unref());
  const room = roomInDescriptors();
  threads.most = room.threads;
  const server = new Server({
    app,
    settings,
    budget,
    room,
    log,
    started: Promise.race([prepared, patience]),
  });

  const stop = (signal: NodeJS.Signals): void => {
    if (app.plugin.stopping) leave(writer, signal === 'SIGINT' ? 130 : 143, threads);
    app.plugin.stopping = true;
    log.info('stopping');
    const stopped = server.stop();
    const finish = (): void => {
      log.info('stopped');
      leave(writer, 0, threads);
    };
    setTimeout(() => {
      threads.expire();
      setTimeout(finish, LAST_MS);
    }, settings.drainSeconds * 1000);
    const { connections } = server;
    void stopped
      .then(() => (threads.inFlight > 0 ? connections.idle() : connections.idleSoon()))
      .then(finish);
  };
  process.removeAllListeners('SIGTERM').on('SIGTERM', stop);
  process.removeAllListeners('SIGINT').on('SIGINT', stop);
  server.listen(fd).then(
    (address) =>
      void prepared.then(() => log.info(`listening on ${address}`, { address, slots: settings.concurrency })),
    (error: Error) => end(error.message),
  );
}

const api = { leave, listenTo, openJournal, refuseToStart, serve };

export type { Started };
export type Api = typeof api;
module.exports = api;
