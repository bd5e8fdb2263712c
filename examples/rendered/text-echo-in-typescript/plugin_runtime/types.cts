/** Types that the parts of the server share. */

export type Type = 'string' | 'number' | 'boolean' | 'array' | 'object' | 'any';

/** An object as JSON has it. */
export type Fields = Record<string, unknown>;

/** An input or output of manifest.json, or the `items` of one. */
export type Definition = {
  name: string;
  type: Type;
  required?: boolean;
  description?: string;
  default?: unknown;
  defaultValue?: unknown;
  example?: unknown;
  examples?: unknown[];
  aliases?: string[];
  secret?: boolean;
  enum?: (string | number)[];
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  pattern?: string;
  format?: string;
  contentMediaType?: string;
  items?: Definition;
};

export type ConfigurationItem = {
  key: string;
  type?: string;
  required?: boolean;
  description?: string;
  value?: unknown;
};

/** manifest.json, as far as the server reads it. */
export type Manifest = {
  id: string;
  name?: string;
  verb: string;
  version: string;
  description?: string;
  inputDefinitions: Definition[];
  outputDefinitions: Definition[];
  container: {
    ports: { container: number }[];
    environment?: Fields;
    resources?: { memory?: string | null; cpu?: string | number | null };
    healthCheck?: { path?: string };
  };
  api: { endpoint: string; method: string; timeout?: number };
  configuration?: ConfigurationItem[];
  security?: { permissions?: string[] };
};

/** The second argument of `executePlugin`. */
export type Context = {
  /** Is in every log line of this execution, and in an error answer. */
  trace_id: string;
  plugin_id: string;
  version: string;
  traceparent: string;
  /** The same for each try of one step, which the host repeats up to five times; may be empty. */
  step_id: string;
  /** The `args` of enveloped inputs, by name. */
  args: Record<string, Fields>;
  /** Undeclared inputs, as the host sends them; its tokens are among them. */
  host_inputs: Fields;
  /** Aborted a moment before the deadline, at which the thread is ended. */
  signal: AbortSignal;
};

/** What `executePlugin` returns. */
export type Result<Outputs = Fields> =
  | { success: true; outputs: Outputs }
  | { success: false; error: string };

/** The author's module. */
export type Logic = {
  executePlugin(inputs: Fields, context: Context): unknown;
  setup?(): void | Promise<void>;
};

export type Outcome = 'success' | 'failed' | 'invalid' | 'busy' | 'timeout' | 'unavailable';
export type Level = 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR' | 'CRITICAL';

/** A request's body. A small one is a string with a character for each byte: threads pass strings on
 *  faster than buffers, and their memory is freed without a garbage collection. */
export type Body = Uint8Array | string;

/** One execution, as the main thread hands it to a worker. */
export type Order = {
  body: Body;
  headers: Record<string, string>;
  traceId: string;
  /** Milliseconds of the monotonic clock that all threads share. */
  started: number;
  deadline: number;
};

/** What a worker is handed at once. A thread's orders are numbered, also those that it never begins. */
export type Orders = { orders: Order[]; first: number };

/** An execution's answer as the worker hands it to the main thread; `line` is its log line. */
export type Answer = {
  kind: 'answer';
  status: number;
  /** The JSON; as its bytes if it is large, which then are handed over, not copied. */
  body: Uint8Array | string;
  outcome: Outcome;
  line: string;
  redactions: number;
  /** How long the thread took. */
  milliseconds?: number;
  /** The thread ends after it. */
  isLast?: boolean;
  /** A `tidy` follows, once its memory is free. */
  isLarge?: boolean;
};

/** A message from a worker. */
export type Message =
  | Answer
  | { kind: 'ready' }
  | { kind: 'tidy' }
  | { kind: 'failed'; error: string }
  | { kind: 'log'; line: string; redactions: number };

/** What a worker is started with. */
export type WorkerData = {
  manifest: Manifest;
  strictInputs: boolean;
  maxJsonDepth: number;
  maxOutputBytes: number;
  logLevel: Level;
  readable: boolean;
  /** Only import the author's module: the image is being built. */
  compiling: boolean;
  /** Names of the environment variables that are secret; none: those that are named like secrets. */
  secretNames: string[];
  /** Holds the trace id of the running execution, for the answer at its deadline. */
  trace: SharedArrayBuffer;
  /** Bytes of log lines that the main thread has not taken yet, and lines that were dropped. */
  queued: SharedArrayBuffer;
  /** The number of the order that was begun, or taken back, last. */
  begun: SharedArrayBuffer;
};
