/** One execution, and the thread that it is on. */
import type { Worker } from 'node:worker_threads';
import type { Answer, Order, Orders } from './types.cts';

const TRACE_BYTES = 2 + 4 * 200;

/** How an execution ended: with an answer, at its deadline, or because its thread did. */
type End = Answer | { kind: 'late' } | { kind: 'broken'; error: string };

/** A slot that is taken. `end` is called once, `released` once the slot is free again. */
class Job {
  readonly order: Order;
  readonly end: (end: End) => void;
  readonly released: () => void;
  thread: Thread | undefined;
  timer: NodeJS.Timeout | undefined;
  patience: NodeJS.Timeout | undefined;
  isLate = false;

  constructor(order: Order, end: (end: End) => void, released: () => void) {
    this.order = order;
    this.end = end;
    this.released = released;
  }

  /** The one in the request's body as soon as its thread has read it. */
  get traceId(): string {
    return this.thread?.traceId || this.order.traceId;
  }

  get isSmall(): boolean {
    return typeof this.order.body === 'string';
  }
}

/** A thread, and the jobs that it was given and has not answered; it runs them in that order. */
class Thread {
  /** Set as soon as the thread is started. */
  worker: Worker | undefined;
  readonly jobs: Job[] = [];
  isEnding = false;
  /** Releases the memory of executions whose garbage is not collected yet. */
  readonly untidy: (() => void)[] = [];
  readonly shared = {
    trace: new SharedArrayBuffer(TRACE_BYTES),
    queued: new SharedArrayBuffer(8),
    begun: new SharedArrayBuffer(4),
  };
  readonly #queued = new Int32Array(this.shared.queued);
  readonly #begun = new Int32Array(this.shared.begun);
  readonly #trace = new Uint8Array(this.shared.trace);
  #given = 0;

  /** Hand over jobs in one message: each message wakes the thread. */
  give(jobs: Job[]): void {
    for (const job of jobs) {
      clearTimeout(job.patience);
      job.patience = undefined;
      job.thread = this;
    }
    this.jobs.push(...jobs);
    const orders = jobs.map((job) => job.order);
    const message: Orders = { orders, first: (this.#given + 1) | 0 };
    this.#given = (this.#given + jobs.length) | 0;
    const bodies = orders.map((order) => order.body).filter((body) => typeof body !== 'string');
    const transferred = bodies.map((body) => body.buffer as ArrayBuffer);
    this.worker?.postMessage(message, transferred);
  }

  /** Take back the jobs that are not begun, so that the thread never begins them. */
  takeBack(): Job[] {
    let begun = Atomics.load(this.#begun, 0);
    for (let seen = ~begun; seen !== begun; ) {
      seen = begun;
      begun = Atomics.compareExchange(this.#begun, 0, seen, this.#given);
    }
    const back = this.jobs.splice(this.jobs.length - ((this.#given - begun) | 0));
    for (const job of back) job.thread = undefined;
    return back;
  }

  /** Make room for further log lines. */
  taken(length: number): void {
    Atomics.sub(this.#queued, 0, length);
    Atomics.notify(this.#queued, 0);
  }

  /** Lines that were dropped since the last call. */
  lost(): number {
    return Atomics.exchange(this.#queued, 1, 0);
  }

  /** Release the memory of executions whose garbage is collected by now. */
  tidied(): void {
    for (const released of this.untidy.splice(0)) released();
  }

  /** The trace id of the execution that runs; "" if the thread has not read it yet. */
  get traceId(): string {
    const length = ((this.#trace[0] ?? 0) << 8) + (this.#trace[1] ?? 0);
    return Buffer.from(this.#trace.subarray(2, 2 + length)).toString('utf8');
  }
}

const api = { Job, Thread };

export type { End, Job, Thread };
export type Api = typeof api;
module.exports = api;
