/** The forms in which a secret can appear. */

const { inspect } = require('node:util') as typeof import('node:util');

/** Characters; below that an ordinary word such as `true` or a port would be mangled. */
const SHORTEST = 8;
const SCHEMES = new Set(['bearer', 'basic', 'token']); // of an Authorization header
const PLAIN = /^[\w.~-]*$/; // looks the same in JSON, in what is inspected and in a URL
const URL_PASSWORD = /:\/\/([^\s/?#:@]*):([^\s/?#]+)@/g;
const PASSWORD = /(?<![a-z])(?:password|passwd|pwd)=([^\s;&]+)/gi;

/** Every text and number in a JSON value; a key is a name, not a secret. */
function* scalarsIn(value: unknown): Generator<string | number> {
  if (typeof value === 'string' || typeof value === 'number') yield value;
  else if (Array.isArray(value)) for (const item of value) yield* scalarsIn(item);
  else if (value !== null && typeof value === 'object')
    for (const item of Object.values(value)) yield* scalarsIn(item);
}

/** A secret as it is, in JSON, as `console.log` and a Python repr show it, in a URL and in base64. */
function* formsOf(secret: string): Generator<string> {
  const text = secret.trim();
  const space = text.indexOf(' ');
  const scheme = space < 0 ? '' : text.slice(0, space).toLowerCase();
  const token = space < 0 ? '' : text.slice(space + 1).trim();
  if (token && SCHEMES.has(scheme)) {
    yield* encodings(token);
    if (scheme === 'basic') yield* ofCredentials(Buffer.from(token, 'base64').toString('utf8'));
  } else {
    yield* encodings(text);
  }
  yield* passwordsIn(text);
  // Printed text is logged line by line.
  if (/[\r\n]/.test(text)) for (const line of text.split(/\r\n|\r|\n/)) yield* quoted(line.trim());
}

/** The value of a header field, and each of its values where it has several. */
function partsOfHeader(name: string, value: string): string[] {
  const parts = value.split(/[,;]/);
  const inCookies = name.includes('cookie') ? parts.map((part) => part.slice(part.indexOf('=') + 1)) : [];
  return [value, ...parts, ...inCookies];
}

/** The forms of passwords inside of URLs and of connection strings such as `password=...;`. */
function* passwordsIn(text: string): Generator<string> {
  if (text.includes('://') && text.includes('@'))
    for (const [, user, password = ''] of text.matchAll(URL_PASSWORD)) {
      yield* ofCredentials(`${user}:${password}`);
      if (password.includes('%')) yield* encodings(unquoted(password));
    }
  if (text.includes('=')) for (const [, password = ''] of text.matchAll(PASSWORD)) yield* encodings(password);
}

/** `user:password`; as a whole too, because the password alone may be too short. */
function* ofCredentials(credentials: string): Generator<string> {
  const colon = credentials.indexOf(':');
  if (colon < 0) return;
  yield* encodings(credentials.slice(colon + 1));
  yield* quoted(credentials);
}

function* encodings(text: string): Generator<string> {
  if (text.length < SHORTEST) return;
  const octets = Buffer.from(text, 'utf8');
  yield* quoted(text);
  if (!PLAIN.test(text)) yield* inUrl(octets);
  yield* inBase64(octets);
}

function* quoted(text: string): Generator<string> {
  if (text.length < SHORTEST) return;
  yield text;
  if (PLAIN.test(text)) return;
  const json = JSON.stringify(text).slice(1, -1);
  yield json;
  yield json.replace(/[\u007f-\uffff]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
  yield inspect(text, { maxStringLength: null }).slice(1, -1);
}

function* inUrl(octets: Buffer): Generator<string> {
  for (const upper of [true, false]) {
    let whole = '';
    for (const octet of octets) {
      const hex = octet.toString(16).padStart(2, '0');
      const character = String.fromCharCode(octet);
      whole += /[\w.~-]/.test(character) ? character : `%${upper ? hex.toUpperCase() : hex}`;
    }
    yield whole;
    yield whole.replaceAll(upper ? '%2F' : '%2f', '/');
    yield whole.replaceAll('%20', '+');
  }
}

/** What base64 makes of a secret, wherever it begins in the text that is encoded.
 *
 *  Three octets become four characters, so there are three ways to begin. Characters that also
 *  depend on what comes before or after are left out. */
function* inBase64(octets: Buffer): Generator<string> {
  for (const [before, skipped] of [
    [0, 0],
    [1, 2],
    [2, 3],
  ] as const) {
    const whole = Math.floor(((before + octets.length) * 8) / 6);
    const form = Buffer.concat([Buffer.alloc(before), octets])
      .toString('base64')
      .slice(skipped, whole);
    yield form;
    if (/[+/]/.test(form)) yield form.replaceAll('+', '-').replaceAll('/', '_');
  }
}

function unquoted(text: string): string {
  const octets = Buffer.from(text, 'utf8').toString('latin1');
  const plain = octets.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(plain, 'latin1').toString('utf8');
}

const api = { SHORTEST, formsOf, partsOfHeader, passwordsIn, scalarsIn };
export type Api = typeof api;
module.exports = api;
