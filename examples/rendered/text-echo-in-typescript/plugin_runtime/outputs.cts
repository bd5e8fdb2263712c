/** What `executePlugin` returned, checked against the manifest. */
import type { Definition, Fields } from './types.cts';

const { faults } = require('./constraints.cts') as import('./constraints.cts').Api;
const { fault, isJson, replacement } = require('./not_json.cts') as import('./not_json.cts').Api;
const { isObject, isType, typeName } = require('./value_types.cts') as import('./value_types.cts').Api;

/** The execution failed: one sentence for the caller, and the list behind it if there is one. */
class Failure extends Error {
  readonly errors: string[];

  constructor(error: string, errors: string[] = []) {
    super(error);
    this.errors = errors;
  }
}

/** The outputs of a successful result, in the order of the manifest, without optional nulls.
 *
 *  The host keeps only the first output where its plan names one, and counts null as missing.
 *
 *  Throws Failure: the plugin reports failure, or its result is not what the manifest declares. */
function outputsOf(result: unknown, definitions: Definition[]): Fields {
  if (!isObject(result) || typeof result['success'] !== 'boolean') throw new Failure(noResult(result));
  if (!result['success'])
    throw new Failure(String(result['error'] || 'The plugin reported failure without a reason.'));
  const { outputs } = result;
  if (!isObject(outputs)) throw new Failure(`'outputs' must be an object, but is ${typeName(outputs)}.`);
  const found: Fields = {};
  const problems: string[] = [];
  for (const definition of definitions) {
    const { name, type, required = false } = definition;
    const value = Object.hasOwn(outputs, name) ? outputs[name] : undefined;
    if (value === undefined) {
      if (required) problems.push(`Output '${name}' (${type}) is missing.`);
    } else if (value === null && !required) {
    } else if (typeof value === 'bigint' && type === 'string') {
      found[name] = String(value);
    } else if (!isType(value, type)) {
      const wrong = `Output '${name}' must be of type ${type}, but is ${typeName(value)}`;
      problems.push(`${wrong}${advice(value)}.`);
    } else {
      found[name] = value;
      for (const one of faults(value, definition)) problems.push(`Output '${name}' ${one}.`);
    }
  }
  for (const name of Object.keys(outputs))
    if (!definitions.some((definition) => definition.name === name))
      problems.push(`Output '${name}' is not declared in outputDefinitions of manifest.json.`);
  if (problems.length > 0) throw new Failure("The plugin's outputs do not match its manifest.", problems);
  return found;
}

/** The outputs' JSON. Throws Failure, for what JSON cannot carry. */
function encode(outputs: Fields): string {
  if (!isJson(outputs)) {
    const problems = Object.entries(outputs)
      .map(
        ([name, value]) =>
          fault(value, name) && `Output '${name}' cannot be written as JSON: ${fault(value, name)}.`,
      )
      .filter(Boolean);
    throw new Failure("The plugin's outputs cannot be written.", problems);
  }
  return JSON.stringify({ success: true, outputs });
}

/** A warning for each output with an integer above 2**53, which a double may have rounded. */
function roundedIn(outputs: Fields): string[] {
  const warnings: string[] = [];
  for (const [name, value] of Object.entries(outputs)) {
    const rounded = roundedNumber(value);
    if (rounded !== undefined)
      warnings.push(
        `Output '${name}' holds ${rounded}; integers above 2**53 are rounded. Use a BigInt, and declare a string.`,
      );
  }
  return warnings;
}

function roundedNumber(value: unknown): number | undefined {
  if (typeof value === 'number')
    return Number.isInteger(value) && !Number.isSafeInteger(value) && Math.abs(value) < 1e21
      ? value
      : undefined;
  if (value === null || typeof value !== 'object') return undefined;
  for (const item of Array.isArray(value) ? value : Object.values(value)) {
    const found = roundedNumber(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function noResult(result: unknown): string {
  const wanted =
    "executePlugin must return { success: true, outputs: {...} } or { success: false, error: '...' }, but ";
  if (!isObject(result)) return `${wanted}returned ${typeName(result)}.`;
  if (!('success' in result))
    return `${wanted}returned object with the keys ${JSON.stringify(Object.keys(result).sort())}.`;
  return `${wanted}'success' is ${typeName(result['success'])}.`;
}

function advice(value: unknown): string {
  return value === undefined || isJson(value) ? '' : `; write ${replacement(value)}`;
}

const api = { Failure, encode, outputsOf, roundedIn };
export type Api = typeof api;
module.exports = api;
