/** Logs: one JSON object a line on standard output, for our lines, the author's and what is printed. */
import type { AsyncLocalStorage } from 'node:async_hooks';
import type { RequestSecrets, Secrets } from './redaction.cts';
import type { Fields, Level, Manifest } from './types.cts';

const { formatWithOptions } = require('node:util') as typeof import('node:util');

const LEVELS: Record<Level, number> = { DEBUG: 10, INFO: 20, WARNING: 30, ERROR: 40, CRITICAL: 50 };

/** The execution that runs, as far as what it writes is concerned. */
type Identity = { traceId: string; secrets: Secrets };

/** Takes a whole line; `mayWait` says that its writer may be slowed down. */
type Sink = (line: string, redactions: number, mayWait: boolean) => void;

type Options = { level?: Level; readable?: boolean };

/** Makes log lines without secrets and hands them to a sink; one in the main thread and in each worker. */
class Log {
  /** Set while an execution runs. */
  identity: Identity | undefined;
  #printers: AsyncLocalStorage<Identity> | undefined;
  readonly #secrets: RequestSecrets;
  readonly #stamp: Fields;
  readonly #sink: Sink;
  readonly #least: number;
  readonly #readable: boolean;

  constructor(manifest: Manifest, secrets: RequestSecrets, sink: Sink, options: Options = {}) {
    this.#secrets = secrets;
    this.#stamp = { plugin_id: manifest.id, version: manifest.version };
    this.#sink = sink;
    this.#least = LEVELS[options.level ?? 'INFO'];
    this.#readable = options.readable ?? false;
  }

  /** Write one line; `logger` says where it comes from. */
  write(level: Level, logger: string, message: string, more: Fields = {}, mayWait = true): void {
    if (LEVELS[level] < this.#least) return;
    const made = this.line(level, logger, message, more);
    this.#sink(made.line, made.redactions, mayWait);
  }

  /** Run the author's code: what it prints belongs to this execution, even if a timer prints it later. */
  run<T>(work: () => T): T {
    if (this.identity === undefined) return work();
    if (this.#printers === undefined) {
      const hooks = require('node:async_hooks') as typeof import('node:async_hooks');
      this.#printers = new hooks.AsyncLocalStorage();
    }
    return this.#printers.run(this.identity, work);
  }

  /** The execution whose code runs; undefined in code that no execution has started. */
  get printer(): Identity | undefined {
    return this.#printers?.getStore();
  }

  /** Write a line that the author's code has printed. */
  print(level: Level, logger: string, message: string, printer = this.printer): void {
    if (LEVELS[level] < this.#least) return;
    const made = this.line(level, logger, message, {}, printer ?? this.identity, printer === this.identity);
    this.#sink(made.line, made.redactions, true);
  }

  info(message: string, more?: Fields): void {
    this.write('INFO', 'plugin', message, more);
  }

  warning(message: string, more?: Fields): void {
    this.write('WARNING', 'plugin', message, more);
  }

  error(message: string, more?: Fields): void {
    this.write('ERROR', 'plugin', message, more);
  }

  critical(message: string, more?: Fields): void {
    this.write('CRITICAL', 'plugin', message, more);
  }

  /** The line of an execution's outcome; "" below the least level. */
  outcome(level: Level, message: string, more: Fields): { line: string; redactions: number } {
    if (LEVELS[level] < this.#least) return { line: '', redactions: 0 };
    return this.line(level, 'plugin', message, more);
  }

  /** How many characters at the end of printed text may be the start of a secret. */
  begunIn(text: string, printer = this.printer): number {
    const sets = this.#secretsOf(printer ?? this.identity, printer === this.identity);
    return Math.max(0, ...sets.map((secrets) => secrets.begunIn(text)));
  }

  #secretsOf(by: Identity | undefined, isSure: boolean): Secrets[] {
    const own = by === undefined ? [] : [by.secrets];
    return by === undefined || !isSure ? [...own, ...this.#secrets.outsideExecutions()] : own;
  }

  /** A redacted line with its line end. Only the message and the values of `more` can hold secrets: those of
   *  the execution that writes it, or, unless `isSure`, of any recent execution. */
  line(
    level: Level,
    logger: string,
    message: string,
    more: Fields,
    by = this.identity,
    isSure = true,
  ): { line: string; redactions: number } {
    const head: Fields = { time: new Date().toISOString(), level, logger, message, ...this.#stamp };
    if (by?.traceId) head['trace_id'] = by.traceId;
    let line: Fields = { ...head, ...more, ...head };
    let json = asJson(line);
    let redactions = 0;
    for (const secrets of this.#secretsOf(by, isSure)) {
      if (!secrets.isIn(json)) continue;
      const told = secrets.redact(JSON.parse(asJson({ ...more, message })) as Fields);
      if (told.count === 0) continue;
      redactions += told.count;
      message = String(told.value['message']);
      more = told.value;
      head['message'] = message;
      line = { ...head, ...more, ...head };
      json = asJson(line);
    }
    return { line: `${this.#readable ? asText(line) : json}\n`, redactions };
  }
}

function asJson(line: Fields): string {
  try {
    return JSON.stringify(line);
  } catch {
    // The author logged a value that JSON cannot represent.
    return JSON.stringify(
      Object.fromEntries(Object.entries(line).map(([name, value]) => [name, plain(value)])),
    );
  }
}

/** A line for a terminal: time of day, level, logger, message; then whatever else it has. */
function asText(line: Fields): string {
  const { time, level, logger, message, plugin_id: _id, version: _version, exception, ...more } = line;
  const first = `${String(time).slice(11, 23)} ${String(level).padEnd(8)} ${logger}: ${message}`;
  const said = Object.entries(more).map(([name, value]) => `${name}=${plain(value)}`);
  return [[first, ...said].join('  '), ...(exception === undefined ? [] : [String(exception)])].join('\n');
}

function plain(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return formatWithOptions({ colors: false, breakLength: Number.POSITIVE_INFINITY }, '%O', value);
  } catch (error) {
    return `without text: ${(error as Error)?.name}`;
  }
}

const api = { Log };

export type { Identity, Log };
export type Api = typeof api;
module.exports = api;
