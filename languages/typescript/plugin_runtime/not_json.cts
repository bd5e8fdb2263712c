/** What is wrong with a value that JSON cannot carry, and what to write instead.
 *
 *  `JSON.stringify` would write something all the same: `{}` for a Map, null for NaN. */

const { typeName } = require('./value_types.cts') as import('./value_types.cts').Api;

const DEEPEST = 1000;

/** The expression that makes JSON of a value, such as `[...value]`. */
function replacement(value: unknown): string {
  if (typeof value === 'bigint') return 'String(value)';
  if (typeof value !== 'object' || value === null) return 'null, or leave it out';
  if (value instanceof Date) return 'value.toISOString()';
  if (value instanceof Map) return 'Object.fromEntries(value)';
  if (value instanceof Set) return '[...value]';
  if (value instanceof Promise) return 'await value';
  if (value instanceof Error) return 'value.message';
  if (Buffer.isBuffer(value)) return "value.toString('base64')";
  if (ArrayBuffer.isView(value)) return value instanceof DataView ? 'its numbers' : 'Array.from(value)';
  if (value instanceof ArrayBuffer) return "Buffer.from(value).toString('base64')";
  if (typeof (value as { toJSON?: unknown }).toJSON === 'function') return 'value.toJSON()';
  if (typeof (value as Iterable<unknown>)[Symbol.iterator] === 'function') return '[...value]';
  return '{ ...value }';
}

/** The first thing in a value that JSON cannot carry; "" if there is none.
 *
 *  What is found inside is named as `place[0]['key']`. An undefined property is left out, as
 *  everywhere in JavaScript. */
function fault(value: unknown, place: string, parents: object[] = []): string {
  switch (typeof value) {
    case 'string':
      return value.isWellFormed() ? '' : `${place} has half of a surrogate pair; write value.toWellFormed()`;
    case 'number':
      return Number.isFinite(value) ? '' : `${place} is ${value}, which JSON does not have; write null`;
    case 'boolean':
      return '';
    case 'object':
      return value === null ? '' : faultInside(value, place, parents);
    default:
      return `${place} is ${typeName(value)}; write ${replacement(value)}`;
  }
}

function faultInside(value: object, place: string, parents: object[]): string {
  if (parents.includes(value)) return `${place} contains itself`;
  if (parents.length === DEEPEST) return `${place.slice(0, 200)} is nested too deeply`;
  parents.push(value);
  try {
    if (Array.isArray(value)) {
      for (let index = 0; index < value.length; index += 1) {
        const found = fault(value[index], `${place}[${index}]`, parents);
        if (found) return found;
      }
      return '';
    }
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null)
      return `${place} is ${typeName(value)}; write ${replacement(value)}`;
    for (const [key, item] of Object.entries(value)) {
      if (!key.isWellFormed()) return `a key of ${place} has half of a surrogate pair`;
      const found = item === undefined ? '' : fault(item, `${place}['${key.slice(0, 80)}']`, parents);
      if (found) return found;
    }
    return '';
  } finally {
    parents.pop();
  }
}

/** Whether JSON carries a value as it is; as `fault`, but quick and without a place. */
function isJson(value: unknown, depth = 0): boolean {
  switch (typeof value) {
    case 'string':
      return value.isWellFormed();
    case 'number':
      return Number.isFinite(value);
    case 'boolean':
      return true;
    case 'object':
      break;
    default:
      return false;
  }
  if (value === null) return true;
  if (depth > DEEPEST) return false; // perhaps it contains itself
  if (Array.isArray(value)) {
    for (const item of value) if (!isJson(item, depth + 1)) return false;
    return true;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  for (const key in value) {
    if (!key.isWellFormed()) return false;
    const item = (value as Record<string, unknown>)[key];
    if (item !== undefined && !isJson(item, depth + 1)) return false;
  }
  return true;
}

const api = { fault, isJson, replacement };
export type Api = typeof api;
module.exports = api;
