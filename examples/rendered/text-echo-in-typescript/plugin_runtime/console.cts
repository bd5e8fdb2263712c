/** `console`, `process.stdout` and `process.stderr` of a worker: what is printed becomes log lines. */
import type { Identity, Log } from './logs.cts';
import type { Level } from './types.cts';

const { StringDecoder } = require('node:string_decoder') as typeof import('node:string_decoder');
const { formatWithOptions } = require('node:util') as typeof import('node:util');

const LONGEST_LINE = 65536; // characters without a line end, after which they are logged

/** Collects what is written to a stream, and logs each line. */
class Lines {
  readonly #log: Log;
  readonly #level: Level;
  readonly #name: string;
  readonly #decoder = new StringDecoder('utf8');
  #rest = '';
  #printer: Identity | undefined; // of the rest

  constructor(log: Log, level: Level, name: string) {
    this.#log = log;
    this.#level = level;
    this.#name = name;
  }

  /** Log every complete line; keep the rest until its line end comes. */
  write(chunk: string | Uint8Array): void {
    this.#begin();
    const text = typeof chunk === 'string' ? this.#decoder.end() + chunk : this.#decoder.write(chunk);
    this.#rest += text;
    if (text.includes('\n')) {
      const lines = this.#rest.split('\n');
      this.#rest = lines.pop() ?? '';
      for (const line of lines) this.#print(line);
    }
    if (this.#rest.length > LONGEST_LINE) this.#cut();
  }

  /** Log a message as one line, after what was written without a line end. */
  complete(level: Level, message: string): void {
    this.#begin();
    const line = this.#rest + this.#decoder.end() + message;
    this.#rest = '';
    this.#log.print(level, 'console', line, this.#printer);
  }

  /** Log what was written without a line end. */
  end(): void {
    const line = this.#rest + this.#decoder.end();
    this.#rest = '';
    this.#print(line);
  }

  /** Log a line that is too long, except for an end that may be the start of a secret. */
  #cut(): void {
    const end = this.#rest.length - this.#log.begunIn(this.#rest, this.#printer);
    const line = this.#rest.slice(0, end);
    this.#rest = this.#rest.slice(end);
    this.#print(line);
  }

  /** Log the line that another execution has begun, for instance in a timer. */
  #begin(): void {
    const { printer } = this.#log;
    if (printer !== this.#printer) this.end();
    this.#printer = printer;
  }

  #print(line: string): void {
    if (line !== '') this.#log.print(this.#level, this.#name, line, this.#printer);
  }
}

type Callback = (error?: Error | null) => void;

/** Send what this thread prints to the log; return a function that logs lines without an end. */
function capture(log: Log): () => void {
  const out = new Lines(log, 'INFO', 'stdout');
  const errors = new Lines(log, 'WARNING', 'stderr');
  for (const [stream, lines] of [
    [process.stdout, out],
    [process.stderr, errors],
  ] as const) {
    const write = (
      chunk: string | Uint8Array,
      encoding?: BufferEncoding | Callback,
      callback?: Callback,
    ): boolean => {
      const isOther = typeof encoding === 'string' && !/^utf-?8$/i.test(encoding);
      lines.write(typeof chunk === 'string' && isOther ? Buffer.from(chunk, encoding) : chunk);
      const done = typeof encoding === 'function' ? encoding : callback;
      if (done !== undefined) process.nextTick(done);
      return true;
    };
    stream.write = write as typeof stream.write;
    // It stays open: others print as well.
    stream.end = ((...given: unknown[]) => {
      const done = given.findIndex((one) => typeof one === 'function');
      const [chunk, encoding] = done < 0 ? given : given.slice(0, done);
      if (chunk !== undefined && chunk !== null) write(chunk as string, encoding as BufferEncoding);
      if (done >= 0) process.nextTick(given[done] as Callback);
      return stream;
    }) as typeof stream.end;
  }
  const levels = { debug: 'DEBUG', log: 'INFO', info: 'INFO', warn: 'WARNING', error: 'ERROR' } as const;
  for (const [method, level] of Object.entries(levels) as [keyof typeof levels, Level][]) {
    const lines = method === 'warn' || method === 'error' ? errors : out;
    console[method] = (...parts: unknown[]): void =>
      lines.complete(level, formatWithOptions({ colors: false }, ...parts));
  }
  return () => {
    out.end();
    errors.end();
  };
}

const api = { LONGEST_LINE, Lines, capture };
export type Api = typeof api;
module.exports = api;
