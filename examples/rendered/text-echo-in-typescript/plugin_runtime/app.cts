/** The pages of the server, and which request goes to the plugin's own code. */
import type { End, Job } from './job.cts';
import type { Log } from './logs.cts';
import type { Metrics as MetricsOf } from './metrics.cts';
import type { RequestSecrets } from './redaction.cts';
import type { Response } from './responses.cts';
import type { Settings } from './settings.cts';
import type { Threads } from './threads.cts';
import type { Body, Fields, Level, Manifest, Outcome } from './types.cts';

const { CONTENT_TYPE } = require('./metrics.cts') as import('./metrics.cts').Api;
const { isSecretHeader } = require('./redaction.cts') as import('./redaction.cts').Api;
const { JSON_TYPE, failure, json } = require('./responses.cts') as import('./responses.cts').Api;
const { monotonicMs } = require('./threads.cts') as import('./threads.cts').Api;

const ALL_STUCK = 'Every execution slot is past its deadline.';
const NEEDED = new Set(['content-type', 'content-encoding', 'traceparent']);
// https://www.w3.org/TR/trace-context/: version, trace id, parent id, flags.
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/;

const HEX = Array.from({ length: 256 }, (_, octet) => octet.toString(16).padStart(2, '0'));

type State = { state: 'starting' | 'ready' | 'failed'; error: string; stopping: boolean };

type Parts = {
  manifest: Manifest;
  settings: Settings;
  threads: Threads;
  secrets: RequestSecrets;
  metrics: MetricsOf;
  log: Log;
  deadlineMs: number;
};

class App {
  readonly plugin: State = { state: 'starting', error: '', stopping: false };
  readonly #parts: Parts;
  readonly #path: string;
  readonly #method: string;
  readonly #pages: Record<string, () => Response>;
  #document: Response | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#path = parts.manifest.api.endpoint;
    this.#method = parts.manifest.api.method;
    this.#pages = {
      '/health/live': () => this.#live(),
      '/health/ready': () => this.#ready(),
      '/metrics': () => this.#metricsPage(),
      '/openapi.json': () => this.#openapi(),
      [parts.manifest.container.healthCheck?.path ?? '/health']: () => this.#health(),
    };
  }

  isExecution(method: string, path: string): boolean {
    return path === this.#path && method === this.#method;
  }

  /** Return the answer to a request that is not an execution. */
  page(method: string, path: string): Response {
    const page = Object.hasOwn(this.#pages, path) ? this.#pages[path] : undefined;
    if (page !== undefined && (method === 'GET' || method === 'HEAD')) return page();
    const allowed = page === undefined ? [] : ['GET', 'HEAD'];
    if (path === this.#path) allowed.push(this.#method);
    if (allowed.length > 0) {
      const allow = allowed.join(', ');
      return failure(405, this.#redacted(`${path} takes ${allow}, not ${method.slice(0, 20)}.`), {
        Allow: allow,
      });
    }
    const known = [`${this.#method} ${this.#path}`, ...Object.keys(this.#pages).map((one) => `GET ${one}`)];
    return failure(
      404,
      this.#redacted(`There is no '${path.slice(0, 200)}' here; the paths are ${known.join(', ')}.`),
    );
  }

  /** Run the plugin; `answer` is called once, `released` when the execution has really ended.
   *
   *  Refuses without reading the body. */
  execute(
    body: Body,
    headers: Record<string, string>,
    answer: (response: Response) => void,
    released: () => void,
  ): void {
    const started = monotonicMs();
    const traceId = traceIdOf(headers['traceparent']);
    const refuse = (status: number, outcome: Outcome, error: string, trace = traceId): void => {
      answer(this.#refuse(status, outcome, error, trace, started));
    };
    const { threads, metrics, settings } = this.#parts;
    const { state, error, stopping } = this.plugin;
    if (stopping || state !== 'ready') {
      refuse(
        503,
        'unavailable',
        stopping ? 'The plugin is stopping.' : error || 'The plugin is still starting.',
      );
      released();
      return;
    }
    const job: Job | undefined = threads.execute(
      body,
      pick(headers),
      traceId,
      (end: End) => {
        if (end.kind === 'answer') {
          metrics.count(end.outcome, (monotonicMs() - started) / 1000);
          metrics.redactions += end.redactions;
          this.writeLine(end.line);
          answer({ status: end.status, body: end.body, type: JSON_TYPE, headers: {} });
        } else {
          const trace = job?.traceId ?? traceId;
          if (end.kind === 'broken') refuse(500, 'failed', end.error, trace);
          else if (this.plugin.stopping)
            refuse(503, 'unavailable', 'The plugin was stopped during the execution.', trace);
          else
            refuse(
              504,
              'timeout',
              `The execution took longer than ${this.#parts.deadlineMs / 1000} s.`,
              trace,
            );
        }
      },
      released,
    );
    if (job !== undefined) return;
    refuse(429, 'busy', `All ${settings.concurrency} execution slots are taken; try again.`);
    released();
  }

  /** Set by the service: writes a finished log line. */
  writeLine: (line: string) => void = () => {};

  /** Answer, count and log an execution for which there is no memory. */
  refuse(status: number, error: string, traceparent: unknown): Response {
    const outcome: Outcome = status === 429 ? 'busy' : status === 503 ? 'unavailable' : 'invalid';
    return this.#refuse(status, outcome, error, traceIdOf(traceparent), monotonicMs());
  }

  /** Answer and log a request to the endpoint that no thread has seen. */
  #refuse(status: number, outcome: Outcome, error: string, traceId: string, started: number): Response {
    const { log, metrics } = this.#parts;
    const seconds = (monotonicMs() - started) / 1000;
    metrics.count(outcome, seconds);
    const said = this.#redacted(error);
    // A 429 is no error: the caller comes back.
    const level: Level = outcome === 'busy' ? 'WARNING' : 'ERROR';
    const details = { outcome, status, seconds: Number(seconds.toFixed(6)), error: said, trace_id: traceId };
    log.write(level, 'plugin', `${outcome} in ${seconds.toFixed(3)} s`, details);
    return failure(status, said, {}, traceId);
  }

  #redacted(error: string): string {
    const { value, count } = this.#parts.secrets.environment.redact(error);
    this.#parts.metrics.redactions += count;
    return value;
  }

  #state(status: number, word: string, error = ''): Response {
    const { manifest, threads } = this.#parts;
    const document: Fields = {
      status: word,
      plugin_id: manifest.id,
      version: manifest.version,
      in_flight: threads.inFlight,
      stuck: threads.stuck,
    };
    if (error) document['error'] = this.#redacted(error);
    return json(status, document);
  }

  get #isStuck(): boolean {
    return this.#parts.threads.allStuckFor(this.#parts.settings.stuckSeconds * 1000);
  }

  #live(): Response {
    return this.#isStuck ? this.#state(503, 'stuck', ALL_STUCK) : this.#state(200, 'healthy');
  }

  #health(): Response {
    const { state, error, stopping } = this.plugin;
    if (stopping) return this.#state(503, 'stopping');
    if (this.#isStuck) return this.#state(503, 'stuck', ALL_STUCK);
    return state === 'ready' ? this.#state(200, 'healthy') : this.#state(503, state, error);
  }

  #ready(): Response {
    const { threads } = this.#parts;
    return threads.stuck >= threads.slots ? this.#state(503, 'stuck', ALL_STUCK) : this.#health();
  }

  #openapi(): Response {
    if (this.#document === undefined) {
      // Only when it is requested: a start must not wait for it.
      const { openapi } = require('./openapi.cts') as import('./openapi.cts').Api;
      this.#document = json(200, openapi(this.#parts.manifest));
    }
    return this.#document;
  }

  #metricsPage(): Response {
    const { threads, metrics } = this.#parts;
    const body = metrics.render({
      plugin_executions_in_flight: ['Execution slots in use, including stuck ones.', threads.inFlight],
      plugin_executions_stuck: ['Executions past their deadline that are still running.', threads.stuck],
      plugin_execution_slots: ['Concurrent executions allowed.', threads.slots],
      plugin_ready: ['1 when /health/ready answers 200, else 0.', Number(this.#ready().status === 200)],
    });
    return { status: 200, body, type: CONTENT_TYPE, headers: {} };
  }
}

/** The trace id of the header field `traceparent`, or a new one. */
const traceIdOf = (traceparent: unknown): string =>
  TRACEPARENT.exec(String(traceparent ?? ''))?.[1] ?? newTraceId();

/** 32 hexadecimal digits. It is no secret, and loading node:crypto adds 4 ms to each start. */
function newTraceId(): string {
  let found = '';
  while (found.length < 32) found += HEX[Math.floor(Math.random() * 256)];
  return found;
}

/** The header fields that an execution needs, and those whose values are secret. */
function pick(headers: Record<string, string>): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name in headers) if (NEEDED.has(name) || isSecretHeader(name)) found[name] = headers[name] ?? '';
  return found;
}

const api = { App };

export type { App };
export type Api = typeof api;
module.exports = api;
