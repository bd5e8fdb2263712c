/** The OpenAPI 3.1 document of a plugin's API, from its manifest alone. */
import type { Definition, Fields, Manifest } from './types.cts';

const { inputSchema, outputSchema } = require('./json_schema.cts') as import('./json_schema.cts').Api;

/** Key of what `stage7-plugin check --against URL` compares. */
const CONTRACT = 'x-stage7-manifest';
const CONTRACT_KEYS = ['id', 'verb', 'version', 'inputDefinitions', 'outputDefinitions', 'security'] as const;
const FAILURES: Record<string, string> = {
  400: 'The body is not acceptable JSON, or the request is not valid HTTP',
  413: 'The body is too large, or would need more memory than is available',
  415: 'The body is not JSON in UTF-8',
  422: 'Inputs are missing, of the wrong type, or break a constraint; `errors` lists every one',
  429: 'All execution slots, or the memory, are in use',
  500: 'The plugin failed, or its outputs do not match the manifest',
  503: 'The plugin is starting or stopping, or could not start',
  504: 'The execution took longer than the manifest allows',
};
/** Answers that carry Retry-After. */
const AGAIN = ['429', '503'];

const text = (description: string): Fields => ({ type: 'string', description });
const reference = (name: string): Fields => ({ $ref: `#/components/schemas/${name}` });
const json = (schema: Fields): Fields => ({ 'application/json': { schema } });
const answer = (description: string, schema: Fields): Fields => ({ description, content: json(schema) });

const FAILURE_SCHEMA = {
  type: 'object',
  required: ['success', 'error'],
  properties: {
    success: { const: false },
    error: text('One sentence'),
    errors: { type: 'array', items: { type: 'string' }, description: 'Every problem' },
    trace_id: text('What to look for in the log'),
  },
};
const HEALTH_SCHEMA = {
  type: 'object',
  required: ['status', 'plugin_id', 'version'],
  properties: {
    status: { enum: ['healthy', 'starting', 'stopping', 'failed', 'stuck'] },
    plugin_id: { type: 'string' },
    version: { type: 'string' },
    in_flight: { type: 'integer' },
    stuck: { type: 'integer' },
    error: { type: 'string' },
  },
};
const CONTEXT_SCHEMA = {
  type: ['object', 'null'],
  description: 'trace_id, plugin_id and version, as the host sends them; anything is accepted',
};

/** Return the document; the manifest must be valid. */
function openapi(manifest: Manifest): Fields {
  const { api, container, id, name = id, version, description = '' } = manifest;
  const paths: Record<string, Fields> = {
    [container.healthCheck?.path ?? '/health']: health(
      'health',
      'Whether the plugin is ready; the host polls this',
    ),
    '/health/live': health('live', 'Whether the process answers'),
    '/health/ready': health('ready', 'Whether the plugin accepts executions'),
    '/metrics': page('metrics', 'Metrics in the Prometheus text format', { 'text/plain': {} }),
    '/openapi.json': page('openapi', 'This document', json({ type: 'object' })),
  };
  paths[api.endpoint] = { ...paths[api.endpoint], [api.method.toLowerCase()]: execution(manifest) };
  return {
    openapi: '3.1.0',
    info: { title: name, version, description },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: {
        Inputs: inputSchema(manifest),
        Outputs: outputSchema(manifest),
        Failure: FAILURE_SCHEMA,
        Health: HEALTH_SCHEMA,
      },
    },
    [CONTRACT]: contract(manifest),
  };
}

/** What callers of the plugin rely on in its manifest. */
function contract(manifest: Manifest): Fields {
  const found: Fields = {};
  for (const key of CONTRACT_KEYS) if (key in manifest) found[key] = manifest[key];
  const resources = Object.entries(manifest.container.resources ?? {}).filter(([, value]) => value !== null);
  return {
    ...found,
    inputDefinitions: manifest.inputDefinitions.map(withoutSecrets),
    security: { permissions: manifest.security?.permissions ?? [] },
    configuration: (manifest.configuration ?? []).map((item) => only(item, ['key', 'required', 'type'])),
    container: { resources: Object.fromEntries(resources) },
    api: only(manifest.api, ['timeout']),
  };
}

function only(fields: Fields, keys: string[]): Fields {
  return Object.fromEntries(keys.filter((key) => key in fields).map((key) => [key, fields[key]]));
}

function withoutSecrets(definition: Definition): Fields {
  if (!definition.secret) return definition;
  const hidden = ['default', 'defaultValue', 'example', 'examples'];
  return Object.fromEntries(Object.entries(definition).filter(([key]) => !hidden.includes(key)));
}

function execution(manifest: Manifest): Fields {
  const responses: Record<string, Fields> = { 200: answer('The plugin has run', successSchema()) };
  for (const [status, meaning] of Object.entries(FAILURES)) {
    const retry = { headers: { 'Retry-After': { schema: { type: 'integer' } } } };
    responses[status] = { ...answer(meaning, reference('Failure')), ...(AGAIN.includes(status) && retry) };
  }
  const request = {
    type: 'object',
    required: ['inputs'],
    properties: { inputs: reference('Inputs'), context: CONTEXT_SCHEMA },
  };
  return {
    operationId: 'execute',
    summary: manifest.description ?? '',
    requestBody: { required: true, content: json(request) },
    responses,
  };
}

function successSchema(): Fields {
  return {
    type: 'object',
    required: ['success', 'outputs'],
    properties: { success: { const: true }, outputs: reference('Outputs') },
  };
}

function health(operationId: string, summary: string): Fields {
  const responses = { 200: answer('Yes', reference('Health')), 503: answer('No', reference('Health')) };
  return { get: { operationId, summary, responses } };
}

function page(operationId: string, summary: string, content: Fields): Fields {
  return { get: { operationId, summary, responses: { 200: { description: summary, content } } } };
}

const api = { openapi };
export type Api = typeof api;
module.exports = api;
