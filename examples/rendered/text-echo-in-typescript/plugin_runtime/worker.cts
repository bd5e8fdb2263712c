/** A thread that runs one execution at a time: loads the author's module, then answers orders.
 *
 *  Because an execution is alone on its thread, its trace id and its secrets need no bookkeeping. */
import type { Log as LogOf } from './logs.cts';
import type { Logic, Message, Order, Orders, WorkerData } from './types.cts';

const { join } = require('node:path') as typeof import('node:path');
const { pathToFileURL } = require('node:url') as typeof import('node:url');
const { parentPort, workerData } = require('node:worker_threads') as typeof import('node:worker_threads');

const { capture } = require('./console.cts') as import('./console.cts').Api;
const { Endpoint } = require('./endpoint.cts') as import('./endpoint.cts').Api;
const { explain, stackOf } = require('./hints.cts') as import('./hints.cts').Api;
const { Log } = require('./logs.cts') as import('./logs.cts').Api;
const { LARGE, collectGarbage, noteExecution } = require('./memory.cts') as import('./memory.cts').Api;
const { RequestSecrets, secretsOfEnvironment } = require('./redaction.cts') as import('./redaction.cts').Api;

const LOGIC = 'plugin_logic.ts';
const QUEUE_BYTES = 256 * 1024; // of lines that the main thread has not taken yet
const PATIENCE_MS = 200; // to wait for a slow reader before lines are dropped

const data = workerData as WorkerData;
/** Bytes on their way to the main thread, and lines that were dropped. */
const queued = new Int32Array(data.queued);
const begun = new Int32Array(data.begun);
const trace = new Uint8Array(data.trace);
let isStalled = false;

const say = (message: Message, transferred: ArrayBuffer[] = []): void =>
  parentPort?.postMessage(message, transferred);

/** Hand a line to the main thread, which writes it; wait for room, or drop it. */
function send(line: string, redactions: number, mayWait: boolean): void {
  const waiting = Atomics.load(queued, 0);
  if (waiting > QUEUE_BYTES) {
    const waits = mayWait && !isStalled;
    if (waits) Atomics.wait(queued, 0, waiting, PATIENCE_MS);
    isStalled = Atomics.load(queued, 0) > QUEUE_BYTES;
    if (isStalled) {
      Atomics.add(queued, 1, 1);
      return;
    }
  } else isStalled = false;
  Atomics.add(queued, 0, line.length);
  say({ kind: 'log', line, redactions });
}

const environment = secretsOfEnvironment(data.manifest, process.env, data.secretNames);
const secrets = new RequestSecrets(data.manifest, environment);
const log = new Log(data.manifest, secrets, send, { level: data.logLevel, readable: data.readable });
const endLines = capture(log);

async function load(): Promise<Logic> {
  const module = (await import(pathToFileURL(join(__dirname, '..', LOGIC)).href)) as Partial<Logic>;
  if (typeof module.executePlugin !== 'function')
    throw new TypeError(`${LOGIC} must export a function executePlugin`);
  return module as Logic;
}

function fail(what: string, error: unknown): void {
  const message = `${what}: ${explain(error)}`;
  log.critical(message, { exception: stackOf(error) });
  say({ kind: 'failed', error: environment.redact(message).value });
}

async function start(): Promise<void> {
  let logic: Logic;
  try {
    logic = await load();
  } catch (error) {
    fail(`${LOGIC} cannot be imported`, error);
    return;
  }
  if (logic.setup !== undefined && !data.compiling) {
    const started = performance.now();
    try {
      await logic.setup();
    } catch (error) {
      fail('setup() failed', error);
      return;
    }
    log.info(`setup() took ${((performance.now() - started) / 1000).toFixed(2)} s`);
  }
  serve(logic, log);
}

/** Free what a large request and its answer took, and tell the main thread, which counts it. */
function tidyUp(): void {
  collectGarbage('major');
  say({ kind: 'tidy' });
}

async function answer(endpoint: InstanceType<typeof Endpoint>, order: Order): Promise<void> {
  const size = order.body.length;
  const started = performance.now();
  const made = await endpoint.execute(order);
  const milliseconds = performance.now() - started;
  const transferred = typeof made.body === 'string' ? [] : [made.body.buffer as ArrayBuffer];
  const isLarge = Math.max(size, made.body.length) > LARGE;
  say({ ...made, milliseconds, isLarge }, transferred);
  noteExecution();
  if (isLarge) setImmediate(tidyUp);
}

function serve(logic: Logic, its: LogOf): void {
  const endpoint = new Endpoint(data, logic, secrets, its, endLines);
  process.on('uncaughtException', (error: unknown) => {
    const answer = endpoint.fail(error);
    if (answer === undefined)
      its.error(`an uncaught exception: ${explain(error)}`, { exception: stackOf(error) });
    else say({ ...answer, isLast: true });
    process.exit(1); // what the exception left behind is unknown: the next execution gets a new thread
  });
  parentPort?.on('message', async ({ orders, first }: Orders) => {
    for (const [index, order] of orders.entries()) {
      // What an execution leaves behind, such as a rejection that nobody handles, is not the next one's.
      if (index > 0) await new Promise(setImmediate);
      trace.fill(0, 0, 2);
      const before = (first + index - 1) | 0;
      if (Atomics.compareExchange(begun, 0, before, before + 1) === before) await answer(endpoint, order);
    }
  });
  say({ kind: 'ready' });
}

void start();
