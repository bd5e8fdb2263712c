/** One memory budget for everything that clients make the process keep.
 *
 *  Counted over all connections: requests on their way, the cost of decoding them, the decoded inputs
 *  while their execution runs, and answers that are not taken yet. What the plugin itself allocates
 *  is not counted, nor is garbage that V8 has not collected yet: half of the memory is left for both. */
import type { Serializable } from 'node:worker_threads';
import type { Manifest } from './types.cts';

const fs = require('node:fs') as typeof import('node:fs');
const { getEnvironmentData, setEnvironmentData } =
  require('node:worker_threads') as typeof import('node:worker_threads');

const MIB = 1024 * 1024;
const LEAST = 160 * MIB; // four threads fit in half of it; with less, what is promised here does not hold
const UNKNOWN_LIMIT = 256 * MIB; // neither the manifest nor a cgroup names a limit
const PROCESS = 16 * MIB; // what is left to the process at least
const CGROUP_LIMITS = [
  '/sys/fs/cgroup/memory.max', // version 2
  '/sys/fs/cgroup/memory/memory.limit_in_bytes', // version 1
];
const UNITS: Record<string, number> = { '': 1, k: 1024, m: MIB, g: 1024 * MIB };
const SMALL = 4096; // bytes; smaller ones are not counted: the number of connections bounds them
const LARGE = 512 * 1024; // bytes of a body; the garbage of a larger one is collected at once
const SHORT_MS = 3000; // after something did not fit, in which stalled requests are dropped
const THREAD_BYTES = 12 * MIB; // of a thread under load, without what the plugin keeps
const GARBAGE = 16 * MIB; // bytes that are released before garbage is collected
const EXECUTIONS = 2000; // after which a thread collects its garbage in the next pause of PAUSE_MS
const PAUSE_MS = 100;
const MOST_LISTS = 1_000_000;
const FLAGS_MS = 200; // for which a thread waits until another one has reset V8's flags

/** A request or answer that does not fit: the status, 413 or 429, and a sentence. */
class NoRoom extends Error {
  readonly status: 413 | 429;

  constructor(status: 413 | 429, error: string) {
    super(error);
    this.status = status;
  }
}

/** Bytes that all requests and answers together may take. */
class Budget {
  size: number;
  used = 0;
  #process = PROCESS;
  readonly #limit: number;
  #refused = -SHORT_MS;

  constructor(limit: number) {
    this.#limit = limit;
    this.size = shareOf(limit);
  }

  /** Whether something did not fit a moment ago. */
  get isShort(): boolean {
    return performance.now() - this.#refused < SHORT_MS;
  }

  /** Subtract what the process takes by now; called once the first thread has loaded the plugin. */
  measure(): void {
    this.#process = process.memoryUsage.rss();
    this.leaveTo(1);
  }

  /** Subtract what that many threads take. */
  leaveTo(threads: number): void {
    const further = Math.max(0, threads - 1) * THREAD_BYTES;
    this.size = shareOf(this.#limit, this.#process + further);
  }

  /** MiB of memory of the whole process with which `size` bytes fit, in steps of 64. */
  megabytesFor(size: number): number {
    const lacking = (size * 8) / 7 - this.size; // an eighth is for small requests
    return Math.ceil((this.#limit + lacking * 2) / (64 * MIB)) * 64;
  }

  /** Take bytes, or give them back if negative; false if fewer than `spare` would be left. */
  change(difference: number, spare = 0): boolean {
    if (difference > 0 && this.used + difference + spare > this.size) {
      this.#refused = performance.now();
      return false;
    }
    this.used += difference;
    return true;
  }
}

/** The part of the budget that one request or answer holds. */
class Share {
  readonly #budget: Budget;
  #size = 0;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  get size(): number {
    return this.#size;
  }

  /** Hold `wanted` bytes instead of what was held. Throws NoRoom, and changes nothing, if they do not fit. */
  hold(wanted: number): void {
    const size = wanted > SMALL ? Math.ceil(wanted) : 0;
    if (size === this.#size) return;
    // The last eighth is for small requests: large ones must not keep them out.
    const spare = size > this.#budget.size / 64 ? this.#budget.size / 8 : 0;
    if (size > this.#size && size + spare > this.#budget.size)
      throw new NoRoom(
        413,
        `This needs about ${Math.ceil(size / MIB)} MiB of memory, more than is available. ` +
          `Raise container.resources.memory in manifest.json: "memory": "${this.#budget.megabytesFor(size)}m"`,
      );
    if (!this.#budget.change(size - this.#size, spare))
      throw new NoRoom(429, 'The memory is in use by other requests; try again.');
    this.#size = size;
  }

  /** Give everything back. */
  release(): void {
    if (this.#size > 0) this.#budget.change(-this.#size);
    noteGarbage(this.#size);
    this.#size = 0;
  }
}

let garbage = 0;

/** Released buffers are free only once they are collected, and V8 lets 64 MiB of them wait. */
function noteGarbage(bytes: number): void {
  const isDue = garbage < GARBAGE && garbage + bytes >= GARBAGE;
  garbage += bytes;
  if (!isDue) return;
  setImmediate(() => {
    garbage = 0;
    collectGarbage('major');
  });
}

/** Bytes for requests and answers in a process that may take `limit` bytes altogether. */
function shareOf(limit: number, process = PROCESS): number {
  return Math.floor(Math.max(limit / 16, (limit - Math.max(process, PROCESS)) / 2));
}

/** Bytes of memory: the manifest's `container.resources.memory`, or a smaller cgroup limit. */
function memoryLimit(manifest: Manifest): number {
  const found = /^(\d+)([kmg]?)$/i.exec(String(manifest.container.resources?.memory ?? ''));
  const limits = found ? [Number(found[1]) * (UNITS[(found[2] ?? '').toLowerCase()] ?? 1)] : [];
  for (const path of CGROUP_LIMITS) {
    try {
      limits.push(Number(fs.readFileSync(path, 'utf8').trim()));
    } catch {
      // no such file
    }
  }
  // A cgroup without a limit says "max", or 2**63 less a page.
  const real = limits.filter((limit) => limit > 0 && limit < 2 ** 62);
  return real.length > 0 ? Math.min(...real) : UNKNOWN_LIMIT;
}

/** Estimates the peak of memory, in bytes, of a JSON text with everything that is made of it.
 *
 *  The body itself, its text (two bytes for a character where not all are Latin), and 16 to 64 bytes
 *  for each value. JSON inside of a string, which the host sends, is recognised by its escaped quotes. */
class DecodingCost {
  #lists = 0;
  #structure = 0;
  #length = 0;
  #isWide = false;
  #isEscaped = false; // the text so far ends with a backslash

  get bytes(): number {
    return this.#structure + (this.#isWide ? 5 : 3) * this.#length;
  }

  /** Count a piece; throws NoRoom for what takes too long to decode. */
  add(text: Uint8Array): void {
    const costs = COSTS;
    let structure = 0;
    let at = 0;
    if (this.#isEscaped && text.length > 0) {
      if (text[0] === 0x75) this.#isWide = true;
      at = 1;
    }
    for (; at < text.length; at += 1) {
      const octet = text[at] as number;
      structure += costs[octet] as number;
      if (octet === 0x5b) this.#lists += 1;
      else if (octet > 0xc3) this.#isWide = true;
      else if (octet === 0x5c) {
        at += 1;
        if (text[at] === 0x75) this.#isWide = true;
      }
    }
    this.#isEscaped = at > text.length;
    this.#structure += structure;
    this.#length += text.length;
    if (this.#lists > MOST_LISTS) throw new NoRoom(413, `The JSON has more than ${MOST_LISTS} lists.`);
  }
}

/** Bytes of memory that each character of JSON stands for. */
const COSTS = new Uint8Array(256);
for (const [character, bytes] of Object.entries({ '[': 64, '{': 64, ':': 48, ',': 32, '"': 16 }))
  COSTS[character.charCodeAt(0)] = bytes;

type Collection = { type: 'major' | 'minor'; flavor?: 'regular' | 'last-resort' };

let collect: ((options: Collection) => void) | undefined = globalThis.gc;
// A thread that starts while another one has the flag set gets a global `gc`, which libraries would call.
if (collect !== undefined) globalThis.gc = undefined;

/** 1 while a thread has set V8's flags, which all threads of the process share. */
const flags = new Int32Array(sharedByThreads('plugin_runtime.flags'));

/** Memory that is the same in the main thread and in all that it starts later. */
function sharedByThreads(name: string): SharedArrayBuffer {
  const known = getEnvironmentData(name);
  if (known instanceof SharedArrayBuffer) return known;
  const made = new SharedArrayBuffer(4);
  setEnvironmentData(name, made as unknown as Serializable);
  return made;
}

/** V8's `gc`, which only a context has that is made while a flag is set.
 *
 *  The flag is set only for that moment: while it is set, a new thread cannot use Node's built-in code cache and
 *  takes twice as long to start. */
function exposedGc(): NonNullable<typeof collect> {
  const { setFlagsFromString } = require('node:v8') as typeof import('node:v8');
  const { runInNewContext } = require('node:vm') as typeof import('node:vm');
  // A thread that is terminated here leaves it locked, so others wait for FLAGS_MS at most.
  const until = performance.now() + FLAGS_MS;
  while (Atomics.compareExchange(flags, 0, 0, 1) !== 0 && performance.now() < until)
    Atomics.wait(flags, 0, 1, FLAGS_MS / 10);
  try {
    setFlagsFromString('--expose-gc');
    return runInNewContext('gc') as NonNullable<typeof collect>;
  } finally {
    setFlagsFromString('--no-expose-gc');
    Atomics.store(flags, 0, 0);
    Atomics.notify(flags, 0);
  }
}

/** Collect this thread's garbage now: V8 would wait until there is much more of it, in each thread.
 *
 *  The flavor `last-resort` also gives the freed pages back to the system. */
function collectGarbage(type: Collection['type'], flavor: Collection['flavor'] = 'regular'): void {
  collect ??= exposedGc();
  collect({ type, flavor });
}

let executions = 0;
let pause: NodeJS.Timeout | undefined;

/** Count an execution of this thread. In a pause V8 would keep its garbage, 10 MiB and more for each thread.
 *
 *  A collection that gives memory back takes 20 ms and more, and what V8 has compiled: so only in a pause. */
function noteExecution(): void {
  executions += 1;
  if (executions < EXECUTIONS) return;
  pause ??= setTimeout(() => {
    executions = 0;
    collectGarbage('major', 'last-resort');
  }, PAUSE_MS).unref();
  pause.refresh();
}

const api = {
  Budget,
  DecodingCost,
  LARGE,
  LEAST,
  MIB,
  NoRoom,
  SMALL,
  Share,
  THREAD_BYTES,
  collectGarbage,
  memoryLimit,
  noteExecution,
  shareOf,
};

export type { Budget, Share };
export type Api = typeof api;
module.exports = api;
