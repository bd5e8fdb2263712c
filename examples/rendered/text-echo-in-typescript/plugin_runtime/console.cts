/** `console`, `process.stdout` and `process.stderr` of a worker: what is printed becomes log lines. */
import type { Log } from './logs.cts';
import type { Level } from './types.cts';

const { formatWithOptions } = require('node:util') as typeof import('node:util');

const LONGEST_LINE = 65536; // characters; what has no line end by then is logged as it is

/** Collects what is written to a stream, and logs each line. */
class Lines {
  readonly #log: Log;
  readonly #level: Level;
  readonly #name: string;
  #rest = '';

  constructor(log: Log, level: Level, name: string) {
    this.#log = log;
    this.#level = level;
    this.#name = name;
  }

  write(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#write(line);
    if (this.#rest.length > LONGEST_LINE) this.end();
  }

  /** Log what was written without a line end. */
  end(): void {
    const line = this.#rest;
    this.#rest = '';
    this.#write(line);
  }

  #write(line: string): void {
    if (line !== '') this.#log.write(this.#level, this.#name, line);
  }
}

type Callback = (error?: Error | null) => void;

/** Send what this thread prints to the log; return a function that logs lines without an end. */
function capture(log: Log): () => void {
  const streams = [
    [process.stdout, new Lines(log, 'INFO', 'stdout')],
    [process.stderr, new Lines(log, 'WARNING', 'stderr')],
  ] as const;
  for (const [stream, lines] of streams) {
    const write = (
      chunk: string | Uint8Array,
      encoding?: BufferEncoding | Callback,
      callback?: Callback,
    ): boolean => {
      lines.write(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'));
      const done = typeof encoding === 'function' ? encoding : callback;
      if (done !== undefined) process.nextTick(done);
      return true;
    };
    stream.write = write as typeof stream.write;
  }
  const levels = { debug: 'DEBUG', log: 'INFO', info: 'INFO', warn: 'WARNING', error: 'ERROR' } as const;
  for (const [method, level] of Object.entries(levels) as [keyof typeof levels, Level][])
    console[method] = (...parts: unknown[]): void => {
      log.write(level, 'console', formatWithOptions({ colors: false }, ...parts));
    };
  return () => {
    for (const [, lines] of streams) lines.end();
  };
}

const api = { capture };
export type Api = typeof api;
module.exports = api;
