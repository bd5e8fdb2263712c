/** Secrets: which values they are, and how they are kept out of everything that leaves. */
import type { Fields, Manifest, Type } from './types.cts';

const { converted, unwrap } = require('./inputs.cts') as import('./inputs.cts').Api;
const { SHORTEST, formsOf, partsOfHeader, passwordsIn, scalarsIn } =
  require('./secret_forms.cts') as import('./secret_forms.cts').Api;
const { isObject } = require('./value_types.cts') as import('./value_types.cts').Api;

const REPLACEMENT = '[redacted]';
// Bounds of one set of secrets: a request must not make redaction slow, or take much memory for it.
const MOST_VALUES = 1024;
const LONGEST_VALUE = 32 * 1024; // characters
const MOST_FORMS = 256;
const MOST_CHARACTERS = 256 * 1024;
const REMEMBERED_EXECUTIONS = 64;
const REMEMBERED_CHARACTERS = 1024 * 1024;
const DEEPEST_CONTEXT = 3;

// In the name of a header field or an environment variable.
const SECRET_HEADER = /token|secret|passw|passphrase|credential|authorization|webhook|api-key|apikey|cookie/;
const SECRET_VARIABLE = /token|secret|passw|passphrase|credential|authorization|webhook|key|jwt|_dsn_/;
// Only ends of names, because inputs are named for people: `keywords`, `max_tokens` are no secrets.
const SECRET_INPUT = new RegExp(
  `(?:${[
    'token|secret|password|passwd|passphrase|credentials?|authorization|webhook|webhook_?url|jwt|_dsn|cookie',
    'api_?key|access_?key|private_?key|secret_?key|auth_?key|signing_key|encryption_key',
  ].join('|')})$`,
);

const isSecretVariable = (name: string): boolean => SECRET_VARIABLE.test(`_${name.toLowerCase()}_`);
const isSecretHeader = (name: string): boolean => SECRET_HEADER.test(name);
const isSecretInput = (name: string): boolean =>
  name.startsWith('__') || SECRET_INPUT.test(`_${name.toLowerCase().replaceAll('-', '_')}`);

type Form = { text: string; inJson: string };
type Redacted<T> = { value: T; count: number };

/** A set of secret texts, in every form in which they can show up. */
class Secrets {
  /** The longest first: a secret that contains another one is replaced as a whole. */
  readonly forms: readonly Form[];
  readonly numbers: ReadonlySet<number>;
  readonly characters: number;
  /** False if there were more than the bounds allow; the rest is not redacted. */
  readonly isComplete: boolean;

  constructor(texts: Iterable<string>, numbers: Iterable<number> = [], isComplete = true) {
    const found = [...new Set(texts)].sort((one, other) => other.length - one.length);
    this.forms = found.map((text) => ({ text, inJson: JSON.stringify(text).slice(1, -1) }));
    this.numbers = new Set(numbers);
    this.characters = found.reduce((sum, text) => sum + text.length, 0);
    this.isComplete = isComplete;
  }

  /** The secrets that all texts and numbers of JSON values are, and further texts as they are. */
  static of(values: Iterable<unknown>, further: Iterable<string> = []): Secrets {
    let isComplete = true;
    const scalars: (string | number)[] = [];
    for (const scalar of scalarsIn([...values])) {
      if (scalars.length === MOST_VALUES) {
        isComplete = false;
        break;
      }
      scalars.push(scalar);
    }
    const forms = new Set<string>();
    let characters = 0;
    const all = function* (): Generator<string> {
      yield* further;
      for (const scalar of scalars) {
        if (String(scalar).length > LONGEST_VALUE) isComplete = false;
        else yield* formsOf(String(scalar));
      }
    };
    for (const form of all()) {
      if (forms.has(form)) continue;
      characters += form.length;
      if (forms.size === MOST_FORMS || characters > MOST_CHARACTERS) {
        isComplete = false;
        break;
      }
      forms.add(form);
    }
    const long = (value: string | number): value is number =>
      typeof value === 'number' && String(value).length >= SHORTEST;
    return new Secrets(forms, scalars.filter(long), isComplete);
  }

  with(other: Secrets): Secrets {
    if (other.forms.length === 0) return this;
    if (this.forms.length === 0) return other;
    const forms = [...this.forms, ...other.forms].map((form) => form.text);
    return new Secrets(forms, [...this.numbers, ...other.numbers]);
  }

  /** Whether one of them occurs in the strings of a JSON text; fast, because most texts have none. */
  isIn(json: string): boolean {
    for (const form of this.forms) if (json.includes(form.inJson)) return true;
    return false;
  }

  /** How many characters at the end of a text may be the start of one of them. */
  begunIn(text: string): number {
    let most = 0;
    for (const { text: form } of this.forms) {
      const first = form.charAt(0);
      const tail = text.slice(Math.max(0, text.length - form.length + 1));
      for (let at = tail.indexOf(first); at >= 0 && tail.length - at > most; at = tail.indexOf(first, at + 1))
        if (form.startsWith(tail.slice(at))) most = tail.length - at;
    }
    return most;
  }

  /** A copy of a JSON value without secrets, and how many places were replaced.
   *
   *  Keys are names and stay. A number is replaced if it is the whole of a secret number. */
  redact<T>(value: T): Redacted<T> {
    const counter = { count: 0 };
    return { value: this.#redact(value, counter) as T, count: counter.count };
  }

  #redact(value: unknown, counter: { count: number }): unknown {
    if (typeof value === 'string') {
      let text = value;
      for (const form of this.forms) {
        if (!text.includes(form.text)) continue;
        const parts = text.split(form.text);
        counter.count += parts.length - 1;
        text = parts.join(REPLACEMENT);
      }
      return text;
    }
    if (typeof value === 'number') {
      if (!this.numbers.has(value)) return value;
      counter.count += 1;
      return REPLACEMENT;
    }
    if (Array.isArray(value)) return value.map((item) => this.#redact(item, counter));
    if (isObject(value))
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, this.#redact(item, counter)]),
      );
    return value;
  }
}

const NO_SECRETS = new Secrets([]);

/** The secrets of the environment: the variables that are named, else those that `configuration`
 *  calls secret, those whose name says so, and every password inside of a URL. */
function secretsOfEnvironment(manifest: Manifest, environment: NodeJS.ProcessEnv, names: string[]): Secrets {
  const all = Object.entries(environment);
  if (names.length > 0)
    return Secrets.of(all.filter(([name]) => names.includes(name)).map(([, value]) => value));
  const marked = new Set(
    (manifest.configuration ?? []).filter((item) => item.type === 'secret').map((item) => item.key),
  );
  const others = all.filter(([name]) => name !== 'PLUGIN_SECRET_ENV');
  const secret = others.filter(([name]) => marked.has(name) || isSecretVariable(name));
  return Secrets.of(
    secret.map(([, value]) => value),
    others.flatMap(([, value]) => [...passwordsIn(value ?? '')]),
  );
}

/** Finds the secrets of a request, and remembers those of the latest executions. */
class RequestSecrets {
  readonly environment: Secrets;
  readonly #types = new Map<string, Type>();
  readonly #declared = new Set<string>();
  readonly #recent = new Map<string, Secrets>();

  constructor(manifest: Manifest, environment: Secrets) {
    this.environment = environment;
    for (const definition of manifest.inputDefinitions)
      for (const name of [definition.name, ...(definition.aliases ?? [])]) {
        this.#declared.add(name);
        if (definition.secret === true) this.#types.set(name, definition.type);
      }
  }

  /** The environment's secrets and those in header fields such as Authorization. */
  ofHeaders(headers: Record<string, string>): Secrets {
    const own = Object.keys(headers).filter(isSecretHeader);
    return own.length === 0
      ? this.environment
      : this.environment.with(Secrets.of(own.flatMap((name) => partsOfHeader(name, headers[name] ?? ''))));
  }

  /** The secrets of one execution's inputs and context.
   *
   *  They are inputs marked `"secret": true`, `__*` inputs, and what is named like a secret among
   *  the undeclared inputs and in the context; value and args of an envelope. */
  ofInputs(given: Fields, context: Fields): Secrets {
    const values: unknown[] = [];
    for (const [name, value] of Object.entries(given)) {
      const type = this.#types.get(name);
      if (type === undefined && !name.startsWith('__') && (this.#declared.has(name) || !isSecretInput(name)))
        continue;
      const plain = unwrap(value, type ?? 'any');
      values.push(plain.value, plain.args);
      if (type !== undefined) values.push(converted(plain.value, type));
    }
    namedIn(context, values);
    if (values.length === 0) return NO_SECRETS;
    const key = JSON.stringify(values);
    const known = this.#recent.get(key);
    const own = known ?? Secrets.of(values);
    // What is over the bounds would take memory without bounds.
    if (own.isComplete && key.length <= REMEMBERED_CHARACTERS) {
      this.#recent.delete(key);
      this.#recent.set(key, own); // at the end, as the latest
      if (known === undefined) this.#forget();
    }
    return own;
  }

  #forget(): void {
    const size = (): number => [...this.#recent.values()].reduce((sum, one) => sum + one.characters, 0);
    while (this.#recent.size > REMEMBERED_EXECUTIONS || size() > REMEMBERED_CHARACTERS) {
      const [oldest] = this.#recent.keys();
      this.#recent.delete(oldest ?? '');
    }
  }

  /** What must not be in a log line that no execution writes: the author's timers may have kept
   *  the secrets of the execution that started them. */
  *outsideExecutions(): Generator<Secrets> {
    yield this.environment;
    yield* this.#recent.values();
  }
}

/** Values in the context of a request whose key says that they are secret. */
function namedIn(context: Fields, found: unknown[], level = 1): void {
  for (const [name, value] of Object.entries(context)) {
    if (isSecretInput(name)) found.push(value);
    else if (isObject(value) && level < DEEPEST_CONTEXT) namedIn(value, found, level + 1);
  }
}

const api = { NO_SECRETS, RequestSecrets, Secrets, isSecretHeader, secretsOfEnvironment };

export type { RequestSecrets, Secrets };
export type Api = typeof api;
module.exports = api;
