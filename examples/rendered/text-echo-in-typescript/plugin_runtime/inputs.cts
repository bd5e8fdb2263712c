/** Turns what the host sends into the inputs of `executePlugin`.
 *
 *  A value arrives raw (`"hello"`), in the documented envelope (`{"value": "hello", "args": {}}`) or
 *  in an older one (`{"inputName", "value", "valueType", "args"}`); under its name or an alias. */
import type { Sources } from './strict_json.cts';
import type { Definition, Fields, Type } from './types.cts';

const { faults } = require('./constraints.cts') as import('./constraints.cts').Api;
const { BadJson, parseText } = require('./strict_json.cts') as import('./strict_json.cts').Api;
const { isObject, isType, typeName } = require('./value_types.cts') as import('./value_types.cts').Api;

// Keys of the host's InputValue, and the `id` that some callers add.
const ENVELOPE_KEYS = new Set(['value', 'args', 'inputName', 'valueType', 'inputSource', 'id']);
const SURE_KEYS = ['args', 'inputName', 'valueType', 'inputSource'];

type Unwrapped = { value: unknown; args?: Fields };

/** One request's inputs. */
type Reading = {
  /** Declared inputs, by name, with defaults applied. */
  values: Fields;
  args: Record<string, Fields>;
  /** Everything else, exactly as it came. */
  undeclared: Fields;
  /** What is wrong, a sentence each; empty when the inputs are valid. */
  problems: string[];
};

type Options = { strict?: boolean; maxDepth?: number; sources?: Sources | undefined };

/** Unwrap, resolve aliases, convert, apply defaults and check every declared input.
 *
 *  `null` for an input that is not required counts as not given. */
function readInputs(definitions: Definition[], given: Fields, options: Options = {}): Reading {
  const { strict = false, maxDepth = 100, sources } = options;
  const values: Fields = {};
  const args: Record<string, Fields> = {};
  const problems: string[] = [];
  const undeclared: Fields = { ...given };
  for (const definition of definitions) {
    const { name, type, required = false } = definition;
    const key = [name, ...(definition.aliases ?? [])].find((one) => Object.hasOwn(undeclared, one));
    const sent = key === undefined ? null : undeclared[key];
    const found: Unwrapped = key === undefined ? { value: null } : unwrap(sent, type);
    if (key !== undefined) delete undeclared[key];
    let { value } = found;
    if (value === null && (key === undefined || !required) && !(type === 'any' && key !== undefined)) {
      if ('defaultValue' in definition || 'default' in definition)
        // A copy, because the plugin may change what it is given.
        values[name] = structuredClone(
          'defaultValue' in definition ? definition.defaultValue : definition.default,
        );
      else if (required) problems.push(`Input '${name}' (${type}) is required and was not given.`);
      continue;
    }
    if (!isType(value, type)) {
      const source = key === undefined ? undefined : sourceOf(sources, given, key, sent, value);
      const other = strict ? undefined : converted(value, type, maxDepth, source);
      if (other === undefined) {
        problems.push(`Input '${name}' must be of type ${type}, but is ${typeName(value)}.`);
        continue;
      }
      value = other;
    }
    if (!strict && definition.items !== undefined && Array.isArray(value))
      value = itemsConverted(value, definition.items.type, maxDepth);
    for (const fault of faults(value, definition)) problems.push(`Input '${name}' ${fault}.`);
    values[name] = value;
    if (found.args !== undefined) args[name] = found.args;
  }
  return { values, args, undeclared, problems };
}

/** The digits of an integer that a double has rounded. */
function sourceOf(sources: Sources | undefined, given: Fields, key: string, sent: unknown, value: unknown) {
  if (sources === undefined || typeof value !== 'number') return undefined;
  return sent === value ? sources.get(given)?.get(key) : sources.get(sent as object)?.get('value');
}

/** The items, with those converted that are not of their type and have only one reading. */
function itemsConverted(items: unknown[], type: Type, maxDepth: number): unknown[] {
  return items.map((item) => {
    const other = isType(item, type) ? undefined : converted(item, type, maxDepth);
    return other === undefined ? item : other;
  });
}

/** The plain value and the `args` of its envelope, if it has one. */
function unwrap(value: unknown, type: Type): Unwrapped {
  if (!isObject(value) || !Object.hasOwn(value, 'value')) return { value };
  const inner = value['value'];
  // Where an object is a valid value, it may be the author's own and merely have a key `value`.
  if (type === 'any' || type === 'object') {
    const keys = Object.keys(value);
    const enveloped = SURE_KEYS.some((key) => key in value) && keys.every((key) => ENVELOPE_KEYS.has(key));
    if (keys.length > 1 && !enveloped) return { value };
    if (type === 'object' && !isObject(inner) && converted(inner, type) === undefined) return { value };
  }
  return { value: inner, args: isObject(value['args']) ? value['args'] : {} };
}

/** The value in a type of the manifest, where only one reading is possible; else undefined.
 *
 *  A text is read as JSON where that gives the type, `True` and `False` included. A number or a
 *  boolean becomes its JSON text: `source` if that says more than the number. */
function converted(value: unknown, type: Type, maxDepth = 100, source?: string): unknown {
  if (type === 'string')
    return typeof value === 'number' || typeof value === 'boolean'
      ? (source ?? JSON.stringify(value))
      : undefined;
  if (typeof value !== 'string') return undefined;
  try {
    const found = parseText(type === 'boolean' ? value.toLowerCase() : value, maxDepth).value;
    return isType(found, type) ? found : undefined;
  } catch (error) {
    if (error instanceof BadJson) return undefined;
    throw error;
  }
}

const api = { converted, readInputs, unwrap };

export type { Reading };
export type Api = typeof api;
module.exports = api;
