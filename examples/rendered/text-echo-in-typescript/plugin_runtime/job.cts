/** One execution, and the thread that it is on. */
import type { Worker } from 'node:worker_threads';
import type { Answer, Order } from './types.cts';

/** How an execution ended: with an answer, at its deadline, or because its thread did. */
type End = Answer | { kind: 'late' } | { kind: 'broken'; error: string };

type Thread = {
  worker: Worker;
  trace: Uint8Array;
  queued: Int32Array;
  job: Job | undefined;
  isEnding: boolean;
  /** Releases the memory of executions whose garbage is not collected yet. */
  untidy: (() => void)[];
};

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
}

const api = { Job };

export type { End, Job, Thread };
export type Api = typeof api;
module.exports = api;
