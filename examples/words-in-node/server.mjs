import http from 'node:http';
import { readFileSync } from 'node:fs';

const manifest = JSON.parse(readFileSync(process.argv[2] ?? new URL('manifest.json', import.meta.url)));
const METHODS = { '/health': 'GET', [manifest.api.endpoint]: manifest.api.method };
const LIMIT = 6e6; // bytes of a body; the host's list of all plugins comes along

const execute = ({ text, unit }) => ({ count: unit === 'words' ? text.split(/\s+/).filter(Boolean).length : [...text].length });

const fail = (status, error, headers) => { throw Object.assign(new Error(), { status, error, headers }); };
const typeOf = (value) => (Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value);
const isEnvelope = (value) => typeOf(value) === 'object' && 'value' in value && Object.keys(value).every((key) => /^(value|args|inputName|valueType)$/.test(key));

function read(given) { // the declared inputs as plain values; all problems at once
  const problems = [];
  const values = manifest.inputDefinitions.map(({ name, type, required, aliases = [], defaultValue, enum: allowed, maxLength }) => {
    const sent = given[[name, ...aliases].find((key) => key in given)];
    const value = (isEnvelope(sent) ? sent.value : sent) ?? defaultValue;
    if (value === undefined) required && problems.push(`Input '${name}' is missing.`);
    else if (typeOf(value) !== type) problems.push(`Input '${name}' must be of type ${type}.`);
    else if (allowed && !allowed.includes(value)) problems.push(`Input '${name}' must be one of ${allowed}.`);
    else if ([...value].length > maxLength) problems.push(`Input '${name}' must have at most ${maxLength} characters.`);
    return [name, value];
  });
  return problems.length ? fail(422, problems.join(' ')) : Object.fromEntries(values);
}

async function answer({ url, method, headers }, body) {
  const path = url.split('?')[0];
  if (!Object.hasOwn(METHODS, path)) fail(404, 'There is nothing here.');
  if (method !== METHODS[path]) fail(405, `Use ${METHODS[path]}.`, { Allow: METHODS[path] });
  if (path === '/health') return { status: 'healthy' };
  if (!/^application\/json( *; *charset="?utf-8"?)?$/i.test(headers['content-type'])) fail(415, 'Send application/json.');
  if (headers['content-length'] > LIMIT) fail(413, `Send ${LIMIT} bytes at most.`);
  let [request, text] = [null, ''];
  for await (const chunk of body.setEncoding('utf8')) if ((text += chunk).length > LIMIT) fail(413, 'Send less.');
  try { request = JSON.parse(text); } catch { fail(400, 'The body is not JSON.'); }
  if (typeOf(request) !== 'object' || typeOf(request.inputs) !== 'object') fail(400, "Send an object with an object 'inputs'.");
  return { success: true, outputs: execute(read(request.inputs)) };
}

const server = http.createServer(async (request, response) => {
  const reply = (status, document, headers) => response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(document));
  try { reply(200, await answer(request, request)); } catch ({ status = 500, error = 'The plugin failed.', headers }) {
    reply(status, { success: false, error }, { Connection: 'close', ...headers });
  }
}).listen(manifest.container.ports[0].container);

process.on('SIGTERM', () => { server.close(() => process.exit(0)); server.closeIdleConnections(); });
