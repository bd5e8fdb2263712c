/** A bounded number of executions at once, each alone on a thread of its own and with a deadline.
 *
 *  At the deadline the thread is ended. Only a call that JavaScript cannot interrupt, such as
 *  `execSync`, keeps it, and its slot, for longer. */
import type { End, Job as JobOf, Thread as ThreadOf } from './job.cts';
import type { Answer, Body, Message, Order, WorkerData } from './types.cts';

const { extname, join } = require('node:path') as typeof import('node:path');
const { Worker } = require('node:worker_threads') as typeof import('node:worker_threads');

const { Job, Thread } = require('./job.cts') as import('./job.cts').Api;
const { MIB, noteExecution } = require('./memory.cts') as import('./memory.cts').Api;

const SOURCE = join(__dirname, `worker${extname(__filename)}`); // next to this file, or to its bundle
const PATIENCE_MS = 20; // for which an execution waits for a thread that is busy
const LATE_MS = 5; // of a timer, which say that this process waits for a CPU
const MOST_WAITS = 5; // of so long, where other executions end meanwhile, or the process has to wait
const TOGETHER_MS = 1; // of work, as far as recent executions tell, that a thread is given at once
const RECENT = 8; // executions

type Limits = { slots: number; deadlineMs: number; memoryBytes: number };

/** What the threads report: lines, problems, how many there are. */
type Listener = {
  onLine(line: string, redactions: number, taken: () => void): void;
  onLost(lines: number): void;
  onProblem(message: string): void;
  onThreads(count: number): void;
  onLateEnd(order: Order, traceId: string): void;
};

class Threads {
  readonly slots: number;
  /** Threads at once, where there are fewer than slots. */
  most = Number.POSITIVE_INFINITY;
  stuck = 0;
  /** To be set in the turn in which the first thread is started. */
  listener: Listener | undefined;
  readonly #deadlineMs: number;
  readonly #resources: import('node:worker_threads').ResourceLimits;
  readonly #data: Omit<WorkerData, 'trace' | 'queued' | 'begun'>;
  readonly #idle: ThreadOf[] = [];
  readonly #waiting: JobOf[] = [];
  readonly #jobs = new Set<JobOf>();
  #threads = 0;
  /** Those that are started for an execution that waits. */
  #starting = 0;
  #answers = 0;
  /** Milliseconds that recent executions took; more than is worth a message while nothing is known. */
  #usual = 10 * TOGETHER_MS;
  #isHanding = false;

  constructor(limits: Limits, data: Omit<WorkerData, 'trace' | 'queued' | 'begun'>) {
    this.slots = limits.slots;
    this.#deadlineMs = limits.deadlineMs;
    const mebibytes = limits.memoryBytes / MIB;
    // Without limits a thread takes 1.9 GB before it fails; with them its execution is answered 500.
    this.#resources = {
      maxOldGenerationSizeMb: Math.max(32, Math.floor(mebibytes / 2)),
      maxYoungGenerationSizeMb: Math.max(2, Math.min(16, Math.floor(mebibytes / 128))),
    };
    this.#data = data;
  }

  /** Slots that are taken, stuck ones included. */
  get inFlight(): number {
    return this.#jobs.size;
  }

  /** Whether no thread loads the logic, runs an execution or is being ended. */
  get areIdle(): boolean {
    return this.#idle.length === this.#threads;
  }

  /** Whether every slot has been past its deadline for that long. */
  allStuckFor(ms: number): boolean {
    if (this.stuck < this.slots) return false;
    const latest = Math.max(...[...this.#jobs].map((job) => job.order.deadline));
    return latest + ms <= monotonicMs();
  }

  /** Start the first thread: resolves once the logic is loaded and set up, else rejects. */
  async prepare(): Promise<void> {
    this.#idle.push(await this.#start());
  }

  /** Run an order; return undefined if every slot is taken. */
  execute(
    body: Body,
    headers: Record<string, string>,
    traceId: string,
    end: (end: End) => void,
    released: () => void,
  ): JobOf | undefined {
    if (this.#jobs.size >= this.slots) return undefined;
    const started = monotonicMs();
    const order = { body, headers, traceId, started, deadline: started + this.#deadlineMs };
    const job = new Job(order, end, released);
    this.#jobs.add(job);
    job.timer = setTimeout(() => this.#giveUp(job), this.#deadlineMs);
    this.#waiting.push(job);
    this.#handSoon();
    return job;
  }

  /** End every job as at its deadline. */
  expire(): void {
    for (const job of this.#jobs) if (!job.isLate) this.#giveUp(job);
  }

  /** Let a job wait for a thread; start one if the busy ones do not get on, or the job has waited long.
   *
   *  A new thread costs 50 ms, 10 MB, and V8 compiles everything once more in it. So one is started at
   *  a time: a crowd that started one each would take the CPU from all. */
  #wait(job: JobOf, times = 1): void {
    const before = this.#answers;
    const due = performance.now() + PATIENCE_MS;
    const look = (): void => {
      if (!this.#waiting.includes(job)) return;
      const hasReason = this.#answers !== before || performance.now() > due + LATE_MS;
      if (hasReason && times < MOST_WAITS) this.#wait(job, times + 1);
      else if (this.#starting > 0) this.#wait(job, times);
      else this.#startFor(job);
    };
    // Answers that came meanwhile are looked at first.
    job.patience = setTimeout(() => setImmediate(look), PATIENCE_MS);
  }

  #startFor(job: JobOf): void {
    if (this.#threads >= Math.min(this.slots, this.most)) return; // one of them ends soon, or its execution does
    this.#starting += 1;
    const started = this.#start().finally(() => {
      this.#starting -= 1;
    });
    started.then(
      (thread) => this.#free(thread),
      (error: Error) => {
        const said = `The plugin could not start: ${error.message}`;
        // For lack of descriptors, for example: the job waits for one of the other threads.
        if (this.#threads > 0) this.listener?.onProblem(`no further thread: ${error.message}`);
        else if (this.#waiting.includes(job)) this.#finish(job, { kind: 'broken', error: said });
        const [next] = this.#waiting;
        if (next !== undefined && this.#threads === 0) this.#startFor(next);
      },
    );
  }

  #free(thread: ThreadOf): void {
    this.#idle.push(thread);
    this.#handSoon();
  }

  /** Hand over what waits at the end of this turn: what came in it goes in one message. */
  #handSoon(): void {
    if (this.#isHanding || this.#waiting.length === 0) return;
    this.#isHanding = true;
    setImmediate(() => {
      this.#isHanding = false;
      while (this.#waiting.length > 0 && this.#idle.length > 0) this.#give(this.#idle.pop() as ThreadOf);
      for (const job of this.#waiting) if (job.patience === undefined) this.#wait(job);
    });
  }

  /** Give a thread the jobs that have waited longest: several if they are short, else one. */
  #give(thread: ThreadOf): void {
    const most = this.#waiting[0]?.isSmall ? Math.floor(TOGETHER_MS / this.#usual) : 1;
    let count = 1;
    while (count < most && this.#waiting[count]?.isSmall) count += 1;
    thread.give(this.#waiting.splice(0, count));
    if (count > 1) setTimeout(() => this.#takeBack(thread), PATIENCE_MS);
  }

  /** Let others run what a thread has not begun yet. */
  #takeBack(thread: ThreadOf): void {
    if (thread.jobs.length < 2 || thread.isEnding) return;
    this.#waiting.unshift(...thread.takeBack());
    if (thread.jobs.length === 0) this.#idle.unshift(thread);
    this.#handSoon();
  }

  /** Free a job's slot; what it takes of the memory is free later if it `isUntidy`. */
  #finish(job: JobOf, end: End, isUntidy = false): void {
    clearTimeout(job.timer);
    clearTimeout(job.patience);
    if (!this.#jobs.delete(job)) return;
    const at = this.#waiting.indexOf(job);
    if (at >= 0) this.#waiting.splice(at, 1);
    if (job.isLate) {
      this.stuck -= 1;
      this.listener?.onLateEnd(job.order, job.traceId);
    } else job.end(end);
    if (!isUntidy) job.released();
  }

  #giveUp(job: JobOf): void {
    clearTimeout(job.timer);
    if (job.thread !== undefined) this.#takeBack(job.thread);
    if (job.thread === undefined) this.#finish(job, { kind: 'late' });
    else {
      job.isLate = true;
      this.stuck += 1;
      job.end({ kind: 'late' });
      void job.thread.worker?.terminate();
    }
  }

  /** `worker.removeAllListeners()` would stop its port: one set of listeners for its whole life. */
  async #start(): Promise<ThreadOf> {
    const thread = new Thread();
    const workerData: WorkerData = { ...this.#data, ...thread.shared };
    const worker = new Worker(SOURCE, { workerData, resourceLimits: this.#resources, stdin: false });
    thread.worker = worker;
    this.#threads += 1;
    this.listener?.onThreads(this.#threads);
    return new Promise((resolve, reject) => {
      let why = '';
      worker.on('message', (message: Message) => {
        this.#countLost(thread);
        if (message.kind === 'log') {
          const { line, redactions } = message;
          this.listener?.onLine(line, redactions, () => thread.taken(line.length));
        } else if (message.kind === 'answer') this.#answered(thread, message);
        else if (message.kind === 'ready') resolve(thread);
        else if (message.kind === 'tidy') thread.tidied();
        else {
          reject(new Error(message.error));
          void worker.terminate();
        }
      });
      worker.on('error', (error: NodeJS.ErrnoException) => {
        const { code = error.name } = error;
        why = code === 'ERR_WORKER_OUT_OF_MEMORY' ? OUT_OF_MEMORY : `${code} ended its thread`;
      });
      worker.on('exit', (code) => {
        const error = why || `The plugin ended its thread, as process.exit(${code}) does.`;
        this.#ended(thread, error);
        reject(new Error(error));
      });
    });
  }

  #countLost(thread: ThreadOf): void {
    const lost = thread.lost();
    if (lost > 0) this.listener?.onLost(lost);
  }

  #answered(thread: ThreadOf, answer: Answer): void {
    const [job] = thread.jobs;
    if (job === undefined || job.isLate) return;
    this.#answers += 1;
    this.#usual += ((answer.milliseconds ?? 0) - this.#usual) / RECENT;
    noteExecution();
    thread.jobs.shift();
    thread.isEnding = answer.isLast ?? false;
    if (!thread.isEnding && thread.jobs.length === 0) this.#free(thread);
    if (answer.isLarge && !thread.isEnding) thread.untidy.push(job.released);
    this.#finish(job, answer, answer.isLarge && !thread.isEnding);
  }

  #ended(thread: ThreadOf, error: string): void {
    this.#threads -= 1;
    this.listener?.onThreads(this.#threads);
    thread.tidied();
    this.#countLost(thread);
    const at = this.#idle.indexOf(thread);
    if (at >= 0) this.#idle.splice(at, 1);
    const back = thread.takeBack();
    this.#waiting.unshift(...back);
    const jobs = thread.jobs.splice(0);
    for (const job of jobs) this.#finish(job, { kind: 'broken', error });
    if (at >= 0) this.listener?.onProblem(`a thread without an execution ended: ${error}`);
    const served = at >= 0 || jobs.length > 0 || back.length > 0 || thread.isEnding;
    if (!served) return;
    this.#handSoon();
    const [next] = this.#waiting;
    if (next !== undefined && this.#idle.length === 0) this.#startFor(next);
    // The next execution need not wait until a thread has loaded the logic.
    else if (this.#threads === 0)
      this.#start().then(
        (one) => this.#free(one),
        () => {}, // it has said why; the next execution tries again
      );
  }
}

const OUT_OF_MEMORY =
  'The plugin needs more memory than its thread may take: half of container.resources.memory of manifest.json.';

const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;

const api = { Threads, monotonicMs };

export type { Threads };
export type Api = typeof api;
module.exports = api;
