// A plugin in plain Node, without packages. `server.mjs [MANIFEST]`.
import http from 'node:http';
import { constants, openSync, readFileSync, writeSync } from 'node:fs';

const file = process.argv[2] ?? new URL('manifest.json', import.meta.url);
const manifest = JSON.parse(readFileSync(file, 'utf8'));
const { endpoint, method: executeMethod, timeout } = manifest.api;
const METHODS = { '/health': 'GET', [endpoint]: executeMethod };
const MAX_BODY = 16 * 1024 * 1024;
const SLOTS = 6;
const DRAIN_MS = 1000;
const ENVELOPE_KEYS = new Set(['inputName', 'value', 'valueType', 'args']);
const secrets = new Set(
  Object.entries(process.env).filter(([name]) => name.endsWith('_TOKEN')).map(([, value]) => value),
);
let running = 0;
let unanswered = 0;
let stopping = false;

class Refused extends Error {
  constructor(status, message, headers = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);
const typeOf = (value) => (Array.isArray(value) ? 'array' : typeof value);
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms).unref());

function redact(text) {
  for (const secret of secrets) text = text.replaceAll(secret, '[redacted]');
  return text;
}

// process.stdout waits for the reader of the pipe; this drops what does not fit.
const output = openSync('/proc/self/fd/1', constants.O_WRONLY | constants.O_NONBLOCK | constants.O_APPEND);

function log(message) {
  try {
    writeSync(output, `${redact(JSON.stringify({ message }))}\n`);
  } catch (error) {
    if (error.code !== 'EAGAIN') throw error;
  }
}

// Bytes that all requests together may take; what JSON takes when it is decoded is estimated.
const COSTS = new Map([['[', 64], ['{', 96], [':', 24], [',', 16], ['"', 24]].map(([c, n]) => [c.charCodeAt(0), n]));
let free = 96 * 1024 * 1024;
const total = free;

function reserve(count) {
  if (count > total) throw new Refused(413, 'the body takes too much memory');
  if (count > free) throw new Refused(429, 'too much memory is taken', { 'Retry-After': '1' });
  free -= count;
  return count;
}

function estimate(body) {
  let cost = 4 * body.length;
  for (const byte of body) cost += COSTS.get(byte) ?? 0;
  return cost;
}

function unwrap(value, type) {
  if (!isObject(value) || !('value' in value)) return value;
  if (!Object.keys(value).every((key) => ENVELOPE_KEYS.has(key))) return value;
  return type === 'object' && !isObject(value.value) ? value : value.value;
}

function declaredInputs(given) {
  const values = {};
  const problems = [];
  for (const { name, type, required, aliases = [], default: fallback } of manifest.inputDefinitions) {
    const key = [name, ...aliases].find((candidate) => candidate in given);
    const value = key === undefined ? undefined : unwrap(given[key], type);
    if (value === undefined || value === null) {
      if (required) problems.push(`input '${name}' is missing`);
      values[name] = fallback;
    } else {
      if (type !== 'any' && typeOf(value) !== type) problems.push(`input '${name}' must be of type ${type}`);
      values[name] = value;
    }
  }
  if (problems.length) throw new Refused(422, problems.join('; '));
  return values;
}

async function logic({ text, options, seconds }) {
  await sleep(seconds * 1000);
  if (text === 'noisy') for (let n = 0; n < 2000; n += 1) log(`line ${n}`.padEnd(1000, '.'));
  if (text === 'fail') throw new Error('asked to fail');
  if (text === 'leak') throw new Error([...secrets].join(' '));
  return { result: text, echoed: options ?? {} };
}

function parse(body) {
  let document;
  try {
    document = JSON.parse(body);
  } catch {
    throw new Refused(400, 'the body is not JSON');
  }
  if (!isObject(document) || !isObject(document.inputs)) {
    throw new Refused(400, "the body must be an object with an object 'inputs'");
  }
  return document.inputs;
}

async function execute(body) {
  if (stopping) throw new Refused(503, 'the plugin is stopping');
  const given = parse(body);
  for (const [name, value] of Object.entries(given)) {
    if (name.startsWith('__')) secrets.add(String(value));
  }
  const inputs = declaredInputs(given);
  if (running >= SLOTS) throw new Refused(429, 'every slot is taken', { 'Retry-After': '1' });
  running += 1;
  const outcome = logic(inputs)
    .then((outputs) => [200, { success: true, outputs }])
    .catch((error) => {
      log(`failed: ${error.message}`);
      return [500, { success: false, error: redact(error.message) }];
    })
    .finally(() => { running -= 1; });
  const late = sleep(timeout * 0.9).then(() => [504, { success: false, error: 'it took too long' }]);
  return Promise.race([outcome, late]);
}

async function readBody(request, held) {
  const type = (request.headers['content-type'] ?? '').toLowerCase().replaceAll(' ', '');
  if (!['application/json', 'application/json;charset=utf-8'].includes(type)) {
    throw new Refused(415, 'Content-Type must be application/json');
  }
  if (Number(request.headers['content-length']) > MAX_BODY) {
    throw new Refused(413, `the body may have ${MAX_BODY} bytes at most`);
  }
  held(reserve(Number(request.headers['content-length'] ?? 0)));
  const chunks = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > MAX_BODY) throw new Refused(413, `the body may have ${MAX_BODY} bytes at most`);
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  held(reserve(estimate(body)));
  return body.toString('utf8');
}

async function answer(request, held) {
  const path = request.url.split('?')[0];
  const allowed = METHODS[path];
  if (!allowed) throw new Refused(404, `there is nothing at ${path}`);
  if (request.method !== allowed) throw new Refused(405, `${path} takes ${allowed} only`, { Allow: allowed });
  if (path === '/health') return stopping ? [503, { status: 'stopping' }] : [200, { status: 'healthy' }];
  return execute(await readBody(request, held));
}

function reply(response, status, document, headers = {}) {
  const content = Buffer.from(JSON.stringify(document));
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': content.length, ...headers });
  response.end(content);
}

const server = http.createServer(async (request, response) => {
  let taken = 0;
  unanswered += 1;
  response.on('close', () => {
    unanswered -= 1;
    free += taken;
  });
  response.setTimeout(5000, () => response.destroy());
  try {
    reply(response, ...(await answer(request, (count) => { taken += count; })));
  } catch (error) {
    const { status = 500, headers } = error;
    reply(response, status, { success: false, error: error.message }, { ...headers, Connection: 'close' });
  }
});

// What is not HTTP never becomes a request.
server.on('clientError', (error, socket) => {
  if (!socket.writable) return;
  const content = JSON.stringify({ success: false, error: 'the request is not HTTP' });
  socket.end(
    'HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nConnection: close\r\n' +
      `Content-Length: ${content.length}\r\n\r\n${content}`,
  );
});

process.on('SIGTERM', () => {
  if (stopping) process.exit(1);
  stopping = true;
  setTimeout(() => process.exit(0), DRAIN_MS);
  setInterval(() => { if (unanswered === 0) process.exit(0); }, 10);
});

server.listen(manifest.container.ports[0].container);
