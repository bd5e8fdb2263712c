/** Parses request bodies: JSON as RFC 8259 defines it, without what other parsers could read differently. */

import type { Body } from './types.cts';

const { isUtf8 } = require('node:buffer') as typeof import('node:buffer');

const ASCII = /^[\0-\x7f]*$/;
const BYTE_ORDER_MARK = '\ufeff';
const LONG_DIGITS = /\d{16}/; // from here on a double may not hold an integer exactly
const IDENTIFIER = /^[\p{L}_][\p{L}\p{N}_]{0,39}$/u;

/** The body is refused; the message is one sentence for the caller. */
class BadJson extends Error {}

/** The digits of numbers that a double rounds, by the object or array that holds them and its key. */
type Sources = WeakMap<object, Map<string, string>>;

type Parsed = { value: unknown; sources: Sources | undefined };

/** Parse a UTF-8 JSON text.
 *
 *  Besides malformed JSON it refuses a key that occurs twice, numbers that no double can hold, lone
 *  surrogates, nesting deeper than `maxDepth`. A byte order mark is skipped.
 *
 *  Throws BadJson, which quotes nothing of the body: it could be a secret. */
function parse(body: Body, maxDepth: number): Parsed {
  if (typeof body === 'string' && ASCII.test(body)) return parseText(body, maxDepth);
  const octets =
    typeof body === 'string'
      ? Buffer.from(body, 'latin1')
      : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (!isUtf8(octets)) throw new BadJson('The body is not valid UTF-8.');
  const text = octets.toString('utf8');
  return parseText(text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text, maxDepth);
}

function parseText(text: string, maxDepth: number): Parsed {
  const { deepest, colons } = survey(text);
  if (deepest > maxDepth) throw new BadJson(`The JSON is nested deeper than ${maxDepth} levels.`);
  const sources: Sources | undefined = LONG_DIGITS.test(text) ? new WeakMap() : undefined;
  let value: unknown;
  try {
    value = sources === undefined ? JSON.parse(text) : JSON.parse(text, noting(sources) as Reviver);
  } catch (error) {
    const place = / at position \d+ \((line \d+ column \d+)\)/.exec((error as Error).message);
    throw new BadJson(`The body is not valid JSON${place ? ` at ${place[1]}` : ''}.`);
  }
  if (keysOf(value) !== colons)
    throw new BadJson(`The JSON has the key ${repeated(text)} twice in one object.`);
  return { value, sources };
}

type Reviver = (this: unknown, key: string, value: unknown) => unknown;
type NotingReviver = (this: object, key: string, value: unknown, place: { source: string }) => unknown;

/** TypeScript does not know the third argument yet, the text of a number or string. */
function noting(sources: Sources): NotingReviver {
  return function (key, value, place) {
    if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) {
      const known = sources.get(this) ?? new Map<string, string>();
      sources.set(this, known.set(key, place.source));
    }
    return value;
  };
}

/** How deep a text nests, and how many keys its objects have; right for valid JSON only. */
function survey(text: string): { deepest: number; colons: number } {
  let depth = 0;
  let deepest = 0;
  let colons = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case 0x22: // "
        at = endOfString(text, at);
        break;
      case 0x5b: // [
      case 0x7b: // {
        depth += 1;
        if (depth > deepest) deepest = depth;
        break;
      case 0x5d:
      case 0x7d:
        depth -= 1;
        break;
      case 0x3a: // :
        colons += 1;
    }
  }
  return { deepest, colons };
}

/** Where the string ends that begins at `start`; the end of the text if it never does. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end > 0) {
    let escapes = 0;
    while (text.charCodeAt(end - 1 - escapes) === 0x5c) escapes += 1;
    if (escapes % 2 === 0) return end;
    end = text.indexOf('"', end + 1);
  }
  return text.length;
}

/** Count the keys in a value; throws BadJson for what JSON can write and no text or double can hold.
 *
 *  Recursive, because that needs no memory: the depth is bounded before. */
function keysOf(value: unknown): number {
  if (typeof value === 'string') checkText(value);
  else if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new BadJson('The JSON contains a number that is too large.');
  } else if (Array.isArray(value)) {
    let keys = 0;
    for (const item of value) keys += keysOf(item);
    return keys;
  } else if (value !== null && typeof value === 'object') {
    let keys = 0;
    for (const key in value) {
      if (!Object.hasOwn(value, key)) continue; // the plugin's code has changed Object.prototype
      checkText(key);
      keys += 1 + keysOf((value as Record<string, unknown>)[key]);
    }
    return keys;
  }
  return 0;
}

function checkText(text: string): void {
  if (!text.isWellFormed()) throw new BadJson('The JSON contains half of a surrogate pair, not a character.');
}

/** The first key that occurs twice; what is no identifier could be a secret in a wrong place. */
function repeated(text: string): string {
  const open: Set<string>[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '{' || character === '[') open.push(new Set());
    else if (character === '}' || character === ']') open.pop();
    else if (character === '"') {
      const end = endOfString(text, at);
      if (/^\s*:/.test(text.slice(end + 1, end + 1000))) {
        const key = String(JSON.parse(text.slice(at, end + 1)));
        if (open.at(-1)?.has(key)) return IDENTIFIER.test(key) ? `'${key}'` : `of ${key.length} characters`;
        open.at(-1)?.add(key);
      }
      at = end;
    }
  }
  return '?';
}

const api = { BadJson, parse, parseText };

export type { Sources };
export type Api = typeof api;
module.exports = api;
