/** Writes log lines to standard output without ever depending on who reads it.
 *
 *  A line is written at once if standard output takes it, so it is out before the process can crash.
 *  Otherwise it waits in a bounded queue; lines that do not fit are dropped and counted. */

const fs = require('node:fs') as typeof import('node:fs');

const QUEUE_BYTES = 1024 * 1024; // lines that wait for a reader
const FLUSH_MS = 300; // at the end of the process
const AGAIN_MS = 10; // until the next try

class LogWriter {
  readonly #file: number;
  readonly #onDrop: () => void;
  readonly #loss: (number: number) => string;
  readonly #queue: Buffer[] = [];
  /** Callbacks for when there is room again. */
  readonly #owed: (() => void)[] = [];
  #queued = 0;
  #lost = 0; // dropped lines that are not reported yet
  #timer: NodeJS.Timeout | undefined;

  /** `onDrop` is called for every line that is dropped; `loss` makes the line that says how many were. */
  constructor(onDrop: () => void, loss: (number: number) => string) {
    this.#file = ownDescriptor(1);
    this.#onDrop = onDrop;
    this.#loss = loss;
  }

  /** Write, queue or drop a line; `taken` is called once there is room for the next one. */
  write(line: string, taken?: () => void): void {
    this.#write(line);
    if (taken === undefined) return;
    if (this.#queued > QUEUE_BYTES / 2) this.#owed.push(taken);
    else taken();
  }

  /** Count lines that were dropped elsewhere. */
  lose(lines: number): void {
    this.#lost += lines;
    if (this.#queue.length === 0) this.#advance();
  }

  #write(line: string): void {
    const octets = Buffer.from(line, 'utf8');
    if (this.#queue.length > 0) {
      if (this.#queued + octets.length > QUEUE_BYTES) {
        this.#lost += 1;
        this.#onDrop();
      } else this.#append(octets);
      return;
    }
    const written = this.#try(octets);
    // A line that has begun must be completed, however long the rest is.
    if (written < octets.length) this.#append(octets.subarray(written));
  }

  /** Wait until everything is written, at most FLUSH_MS; nothing else runs meanwhile. */
  flush(): void {
    const until = performance.now() + FLUSH_MS;
    const clock = new Int32Array(new SharedArrayBuffer(4));
    while (this.#queue.length > 0 && performance.now() < until) {
      this.#advance();
      if (this.#queue.length > 0) Atomics.wait(clock, 0, 0, 5);
    }
  }

  #append(octets: Buffer): void {
    this.#queue.push(octets);
    this.#queued += octets.length;
    this.#timer ??= setTimeout(() => this.#later(), AGAIN_MS).unref();
  }

  #later(): void {
    this.#timer = undefined;
    this.#advance();
    if (this.#queue.length > 0) this.#timer ??= setTimeout(() => this.#later(), AGAIN_MS).unref();
  }

  #advance(): void {
    for (let first = this.#queue[0]; first !== undefined; first = this.#queue[0]) {
      const written = this.#try(first);
      this.#queued -= written;
      if (written < first.length) {
        this.#queue[0] = first.subarray(written);
        return;
      }
      this.#queue.shift();
    }
    for (const taken of this.#owed.splice(0)) taken();
    if (this.#lost > 0) {
      const line = Buffer.from(this.#loss(this.#lost), 'utf8');
      this.#lost = 0;
      this.#append(line);
    }
  }

  /** Write what standard output takes; return how many bytes. */
  #try(octets: Buffer): number {
    try {
      return fs.writeSync(this.#file, octets);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0;
      this.#onDrop(); // its reader is gone, or the disk is full
      return octets.length;
    }
  }
}

/** A descriptor of the same file that never blocks.
 *
 *  The flag O_NONBLOCK belongs to the open file, which child processes and other containers may
 *  share, so the file is opened once more. A second opening of a regular file would write at an
 *  offset of its own, over other lines. */
function ownDescriptor(number: number): number {
  try {
    if (fs.fstatSync(number).isFile()) return number;
    const { O_WRONLY, O_NONBLOCK, O_NOCTTY } = fs.constants;
    return fs.openSync(`/proc/self/fd/${number}`, O_WRONLY | O_NONBLOCK | O_NOCTTY);
  } catch {
    // A socket cannot be opened once more. Node's own stream, which every thread needs, makes it non-blocking.
    void process.stdout;
    return number;
  }
}

const api = { LogWriter };

export type { LogWriter };
export type Api = typeof api;
module.exports = api;
