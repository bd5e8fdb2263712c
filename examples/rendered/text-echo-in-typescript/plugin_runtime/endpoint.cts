/** One request to the endpoint, from its bytes to its answer; in a worker. */
import type { Log } from './logs.cts';
import type { RequestSecrets } from './redaction.cts';
import type { Sources } from './strict_json.cts';
import type {
  Answer,
  Body,
  Context,
  Fields,
  Level,
  Logic,
  Manifest,
  Order,
  Outcome,
  WorkerData,
} from './types.cts';

const { explain, stackOf } = require('./hints.cts') as import('./hints.cts').Api;
const { readInputs, unwrap } = require('./inputs.cts') as import('./inputs.cts').Api;
const { Failure, encode, outputsOf, roundedIn } = require('./outputs.cts') as import('./outputs.cts').Api;
const { Secrets } = require('./redaction.cts') as import('./redaction.cts').Api;
const { BadJson, parse } = require('./strict_json.cts') as import('./strict_json.cts').Api;
const { isObject, typeName } = require('./value_types.cts') as import('./value_types.cts').Api;

const MEDIA_TYPE = /^application\/(?:json|[\w.-]+\+json)$/i;
const CHARSET = /charset\s*=\s*"?([^";\s]*)/i;
const TRACE_ID_LENGTH = 200; // characters; a longer one would only bloat every log line
const COPIED = 64 * 1024; // characters of an answer, from which on its bytes are handed over
const ABORT_MS = 100; // before the deadline

/** A request that does not succeed: status, outcome for the metrics, and why. */
class Refusal extends Error {
  readonly status: number;
  readonly outcome: Outcome;
  readonly errors: string[];

  constructor(status: number, outcome: Outcome, error: string, errors: string[] = [], cause?: unknown) {
    super(error, { cause });
    this.status = status;
    this.outcome = outcome;
    this.errors = errors;
  }
}

/** What one execution wrote for its caller and for the log. */
type Made = { status: number; json: string; outcome: Outcome; details: Fields };

/** Reads requests, runs the plugin, checks and writes its outputs; one at a time. */
class Endpoint {
  readonly #manifest: Manifest;
  readonly #data: WorkerData;
  readonly #logic: Logic;
  readonly #secrets: RequestSecrets;
  readonly #log: Log;
  readonly #endLines: () => void;
  readonly #trace: Uint8Array;
  #redactions = 0;
  #order: Order | undefined;

  constructor(data: WorkerData, logic: Logic, secrets: RequestSecrets, log: Log, endLines: () => void) {
    this.#data = data;
    this.#manifest = data.manifest;
    this.#logic = logic;
    this.#secrets = secrets;
    this.#log = log;
    this.#endLines = endLines;
    this.#trace = new Uint8Array(data.trace);
  }

  /** Answer one request; never rejects. */
  async execute(order: Order): Promise<Answer> {
    this.#order = order;
    this.#redactions = 0;
    this.#log.identity = { traceId: order.traceId, secrets: this.#secrets.ofHeaders(order.headers) };
    let made: Made;
    try {
      made = { status: 200, json: await this.#run(order), outcome: 'success', details: {} };
    } catch (error) {
      made = this.#refuse(error instanceof Refusal ? error : failed(error));
    }
    return this.#end(made);
  }

  /** The answer to the execution that an uncaught exception has ended, if one is running. */
  fail(error: unknown): Answer | undefined {
    if (this.#order === undefined) return undefined;
    // A timer of an earlier execution may have thrown it, with a secret of that one.
    let secrets = this.#log.identity?.secrets ?? new Secrets([]);
    for (const others of this.#secrets.outsideExecutions()) secrets = secrets.with(others);
    this.#log.identity = { traceId: this.#log.identity?.traceId ?? '', secrets };
    return this.#end(this.#refuse(failed(error)));
  }

  #end(made: Made): Answer {
    this.#endLines();
    const seconds = (Number(process.hrtime.bigint()) / 1e6 - (this.#order?.started ?? 0)) / 1000;
    // The host drops the text of a failure, so people find it only here.
    const level: Level = made.outcome === 'success' ? 'INFO' : 'ERROR';
    const said = {
      outcome: made.outcome,
      status: made.status,
      seconds: Number(seconds.toFixed(6)),
      ...made.details,
    };
    const { line, redactions } = this.#log.outcome(level, `${made.outcome} in ${seconds.toFixed(3)} s`, said);
    this.#order = undefined;
    this.#log.identity = undefined;
    return {
      kind: 'answer',
      status: made.status,
      body: made.json.length > COPIED ? new TextEncoder().encode(made.json) : made.json,
      outcome: made.outcome,
      line,
      redactions: this.#redactions + redactions,
    };
  }

  #refuse(refusal: Refusal): Made {
    const { status, outcome, message: error, errors, cause } = refusal;
    const details: Fields = errors.length > 0 ? { error, errors } : { error };
    const secrets = this.#log.identity?.secrets ?? this.#secrets.environment;
    const redacted = secrets.redact(details);
    this.#redactions += redacted.count;
    // In one line only now: a secret of several lines would not be found in it.
    details['error'] = redacted.value['error'] = oneLine(String(redacted.value['error']));
    const answer: Fields = { success: false, ...redacted.value };
    if (this.#log.identity?.traceId) answer['trace_id'] = this.#log.identity.traceId;
    if (cause !== undefined) details['exception'] = stackOf(cause);
    return { status, json: JSON.stringify(answer), outcome, details };
  }

  async #run(order: Order): Promise<string> {
    const { values, context } = this.#read(order);
    let result: unknown;
    try {
      result = await this.#log.run(() => this.#logic.executePlugin(values, context));
    } catch (error) {
      throw failed(error);
    }
    try {
      return this.#write(outputsOf(result, this.#manifest.outputDefinitions));
    } catch (error) {
      if (error instanceof Failure) throw new Refusal(500, 'failed', error.message, error.errors);
      throw error;
    }
  }

  /** The arguments of `executePlugin`. */
  #read(order: Order): { values: Fields; context: Context } {
    checkContentType(order.headers);
    const { given, context, sources } = partsOf(order.body, this.#data.maxJsonDepth);
    order.body = ''; // a large body must not be kept while the plugin works
    const traceId = String(context['trace_id'] || '').slice(0, TRACE_ID_LENGTH) || order.traceId;
    const own = this.#secrets.ofInputs(given, context);
    this.#identify(traceId, (this.#log.identity?.secrets ?? new Secrets([])).with(own));
    if (!own.isComplete)
      this.#log.warning('some secrets of this request are not redacted: too many, or too long');
    const { strictInputs: strict, maxJsonDepth: maxDepth } = this.#data;
    const reading = readInputs(this.#manifest.inputDefinitions, given, { strict, maxDepth, sources });
    if (reading.problems.length > 0)
      throw new Refusal(422, 'invalid', reading.problems.join(' '), reading.problems);
    return { values: reading.values, context: this.#contextOf(order, context, given, traceId, reading) };
  }

  #identify(traceId: string, secrets: InstanceType<typeof Secrets>): void {
    this.#log.identity = { traceId, secrets };
    const { written } = new TextEncoder().encodeInto(traceId, this.#trace.subarray(2));
    this.#trace[0] = written >> 8;
    this.#trace[1] = written & 0xff;
  }

  #contextOf(order: Order, sent: Fields, given: Fields, traceId: string, reading: Reading): Context {
    const left = order.deadline - Number(process.hrtime.bigint()) / 1e6;
    let signal: AbortSignal | undefined;
    return {
      ...sent,
      trace_id: traceId,
      traceparent: order.headers['traceparent'] ?? '',
      plugin_id: this.#manifest.id,
      version: this.#manifest.version,
      step_id: String(unwrap(given['stepId'], 'any').value || ''),
      args: reading.args,
      host_inputs: reading.undeclared,
      /** Made when it is asked for: a timer costs more than most executions. */
      get signal(): AbortSignal {
        signal ??= AbortSignal.timeout(Math.max(1, Math.floor(left - Math.min(ABORT_MS, left / 10))));
        return signal;
      },
    };
  }

  /** The JSON of a success, without secrets. Throws Failure. */
  #write(outputs: Fields): string {
    let json = encode(outputs);
    for (const warning of roundedIn(outputs)) this.#log.warning(warning);
    const secrets = this.#log.identity?.secrets;
    if (secrets?.isIn(json)) {
      const redacted = secrets.redact(outputs);
      this.#redactions += redacted.count;
      json = encode(redacted.value);
    }
    const size = Buffer.byteLength(json);
    const limit = this.#data.maxOutputBytes;
    if (size > limit)
      throw new Failure(`The answer has ${size} bytes; PLUGIN_MAX_OUTPUT_BYTES allows ${limit}.`);
    return json;
  }
}

type Reading = import('./inputs.cts').Reading;

const failed = (error: unknown): Refusal => new Refusal(500, 'failed', explain(error), [], error);

const oneLine = (text: string): string =>
  text
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ');

function checkContentType(headers: Record<string, string>): void {
  const contentType = headers['content-type'] ?? '';
  const encoding = (headers['content-encoding'] ?? '').toLowerCase() || 'identity';
  const mediaType = contentType.split(';')[0]?.trim() ?? '';
  const charset = CHARSET.exec(contentType)?.[1] ?? 'utf-8';
  let error = '';
  if (mediaType && !MEDIA_TYPE.test(mediaType))
    error = `Content-Type must be application/json, not ${shown(mediaType)}.`;
  else if (!/^utf-?8$/i.test(charset)) error = `The charset must be utf-8, not ${shown(charset)}.`;
  else if (encoding !== 'identity')
    error = `Content-Encoding ${shown(encoding)} is not supported; send the body as it is.`;
  if (error) throw new Refusal(415, 'invalid', error);
}

/** The value of a header, unless it could be a secret that got there by mistake. */
const shown = (value: string): string => (/^[a-z/.+-]{1,40}$/i.test(value) ? `'${value}'` : 'this value');

/** `inputs` and `context` of a body. Throws Refusal. */
function partsOf(
  body: Body,
  maxDepth: number,
): { given: Fields; context: Fields; sources: Sources | undefined } {
  let parsed: { value: unknown; sources: Sources | undefined };
  try {
    parsed = parse(body, maxDepth);
  } catch (error) {
    if (error instanceof BadJson) throw new Refusal(400, 'invalid', error.message);
    throw error;
  }
  const document = parsed.value;
  if (!isObject(document) || !isObject(document['inputs']))
    throw new Refusal(
      400,
      'invalid',
      'The body must be an object with an object "inputs", such as {"inputs": {}}.',
    );
  const context = document['context'] ?? {};
  if (!isObject(context))
    throw new Refusal(400, 'invalid', `"context" must be an object, not ${typeName(context)}.`);
  return { given: document['inputs'], context, sources: parsed.sources };
}

const api = { Endpoint };
export type Api = typeof api;
module.exports = api;
