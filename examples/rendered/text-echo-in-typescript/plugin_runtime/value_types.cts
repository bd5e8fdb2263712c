/** The types of the manifest, and which JSON value has which. */
import type { Fields, Type } from './types.cts';

const isObject = (value: unknown): value is Fields =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

function isType(value: unknown, type: Type): boolean {
  switch (type) {
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isObject(value);
    case 'any':
      return true;
    default:
      return typeof value === type;
  }
}

/** The manifest's name for the type of a value; JavaScript's name for what JSON does not have. */
function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value !== 'object') return typeof value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype) return 'object';
  return String((value as object).constructor?.name ?? 'object');
}

/** Count the characters of a text as JSON Schema does: code points, not halves of surrogate pairs. */
function characters(text: string): number {
  let count = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= 0xd800 && code < 0xdc00) {
      const next = text.charCodeAt(at + 1);
      if (next >= 0xdc00 && next < 0xe000) count -= 1;
    }
  }
  return count;
}

const api = { characters, isObject, isType, typeName };
export type Api = typeof api;
module.exports = api;
