/** What a value must be beyond its type. The host ignores these keys of the manifest, which are named
 *  as in JSON Schema. No message holds a value. */
import type { Definition, Manifest } from './types.cts';

const { characters, isType } = require('./value_types.cts') as import('./value_types.cts').Api;

/** Characters that a pattern is tried on; some patterns take quadratic time. */
const LONGEST_MATCHED = 2000;
const MOST_ITEMS = 10; // wrong ones that are named: a list may have a million

const URI = /^[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#@!$&'()*+,;=[\]-]|%[0-9A-Fa-f]{2})+$/;
const EMAIL = /^[^\s@]{1,64}@[^\s@.]+(?:\.[^\s@.]+)*$/;
const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;
const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?(?:z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** Tells whether a text has a format, and completes "must be ...". */
type Format = { isMet(text: string): boolean; rule: string };

const FORMATS: Record<string, Format> = {
  uri: { isMet: (text) => URI.test(text), rule: 'a URI, such as https://example.com/' },
  email: { isMet: (text) => EMAIL.test(text), rule: 'an email address, such as ada@example.com' },
  date: { isMet: isDate, rule: 'a date, such as 2026-01-31' },
  'date-time': { isMet: isDateTime, rule: 'a date and time such as 2026-01-31T12:00:00Z' },
  base64: {
    isMet: (text) => text.length % 4 === 0 && BASE64.test(text),
    rule: 'base64 text with padding, such as aGVsbG8=',
  },
};

/** The constraints, in the order in which the schema of a value has them. */
const CONSTRAINTS = [
  ...['enum', 'minimum', 'maximum', 'minLength', 'maxLength', 'minItems', 'maxItems'],
  ...['pattern', 'format', 'contentMediaType', 'items'],
] as (keyof Definition)[];

const patterns = new Map<string, RegExp>();

/** A pattern as JSON Schema means it: with Unicode, or without where only that accepts it. */
function compiled(pattern: string): RegExp {
  let found = patterns.get(pattern);
  if (found === undefined) {
    try {
      found = new RegExp(pattern, 'u');
    } catch {
      found = new RegExp(pattern);
    }
    patterns.set(pattern, found);
  }
  return found;
}

/** Compile every pattern of the manifest, so that no request waits for that; the problem, if one is wrong. */
function wrongPattern(manifest: Manifest): string | undefined {
  for (const key of ['inputDefinitions', 'outputDefinitions'] as const)
    for (const top of manifest[key])
      for (let one: Definition | undefined = top; one !== undefined; one = one.items)
        try {
          if (one.pattern !== undefined) compiled(one.pattern);
        } catch (error) {
          return `the pattern of ${top.name} in ${key} is not a regular expression: ${(error as Error).message}`;
        }
  return undefined;
}

function isDate(text: string): boolean {
  const found = DATE.exec(text);
  if (found === null) return false;
  const [year, month, day] = found.slice(1).map(Number) as [number, number, number];
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  return day >= 1 && day <= days;
}

function isDateTime(text: string): boolean {
  const lowered = text.toLowerCase();
  return lowered[10] === 't' && TIME.test(lowered.slice(11)) && isDate(text.slice(0, 10));
}

/** Choices as text, all quoted if any of them is empty or contains a comma or white space. */
function shown(choices: (string | number)[]): string[] {
  const texts = choices.map(String);
  return texts.every((text) => /^[^\s,]+$/.test(text)) ? texts : texts.map((text) => JSON.stringify(text));
}

/** List every constraint that a value of the right type breaks, as "must be at most 100". */
function faults(value: unknown, definition: Definition): string[] {
  const found: string[] = [];
  if (definition.enum !== undefined && !definition.enum.includes(value as string))
    found.push(`must be one of ${shown(definition.enum).join(', ')}`);
  if (typeof value === 'number') {
    for (const bound of bounds(value, definition.minimum, definition.maximum)) found.push(`must be ${bound}`);
  } else if (typeof value === 'string') {
    const { minLength, maxLength } = definition;
    if (minLength !== undefined || maxLength !== undefined)
      for (const bound of bounds(characters(value), minLength, maxLength))
        found.push(`must have ${bound} ${bound.endsWith(' 1') ? 'character' : 'characters'}`);
    textFaults(value, definition, found);
  } else if (Array.isArray(value)) {
    for (const bound of bounds(value.length, definition.minItems, definition.maxItems))
      found.push(`must have ${bound} ${bound.endsWith(' 1') ? 'item' : 'items'}`);
    if (definition.items !== undefined) itemFaults(value, definition.items, found);
  }
  return found;
}

function* bounds(size: number, least?: number, most?: number): Generator<string> {
  if (least !== undefined && size < least) yield `at least ${least}`;
  if (most !== undefined && size > most) yield `at most ${most}`;
}

function textFaults(value: string, definition: Definition, found: string[]): void {
  const { pattern, maxLength, format } = definition;
  if (pattern !== undefined) {
    const length = characters(value);
    if (length > LONGEST_MATCHED) {
      if ((maxLength ?? length) >= length) found.push(`must have at most ${LONGEST_MATCHED} characters`);
    } else if (!compiled(pattern).test(value)) found.push(`must match the pattern ${pattern}`);
  }
  const known = format === undefined ? undefined : FORMATS[format];
  if (known !== undefined && !known.isMet(value)) found.push(`must be ${known.rule}`);
}

function itemFaults(items: unknown[], wanted: Definition, found: string[]): void {
  let wrong = 0;
  for (const [index, item] of items.entries()) {
    const its = isType(item, wanted.type) ? faults(item, wanted) : [`must be of type ${wanted.type}`];
    for (const fault of its) found.push(`item ${index + 1} ${fault}`);
    if (its.length > 0) wrong += 1;
    if (wrong === MOST_ITEMS) return;
  }
}

const api = { CONSTRAINTS, LONGEST_MATCHED, faults, wrongPattern };
export type Api = typeof api;
module.exports = api;
