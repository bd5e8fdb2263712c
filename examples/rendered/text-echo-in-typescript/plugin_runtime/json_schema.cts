/** The JSON Schema (draft 2020-12) of a plugin's inputs and outputs, from its manifest alone. */
import type { Definition, Fields, Manifest } from './types.cts';

const { CONSTRAINTS, LONGEST_MATCHED } = require('./constraints.cts') as import('./constraints.cts').Api;

const BASE64 = '^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$';

/** The schema of `inputs` in a request, for plain values.
 *
 *  The server also takes envelopes, aliases and what can be converted in only one way. An optional
 *  input may be null, which counts as not given; undeclared inputs are allowed. */
function inputSchema(manifest: Manifest): Fields {
  return {
    type: 'object',
    properties: byName(manifest.inputDefinitions, (definition) => inputOf(definition)),
    required: requiredOf(manifest.inputDefinitions),
    additionalProperties: true,
  };
}

/** The schema of `outputs` in a successful answer. */
function outputSchema(manifest: Manifest): Fields {
  return {
    type: 'object',
    properties: byName(manifest.outputDefinitions, schemaOf),
    required: requiredOf(manifest.outputDefinitions),
    additionalProperties: false,
  };
}

const byName = (definitions: Definition[], schema: (definition: Definition) => Fields): Fields =>
  Object.fromEntries(definitions.map((definition) => [definition.name, schema(definition)]));

const requiredOf = (definitions: Definition[]): string[] =>
  definitions.filter((definition) => definition.required).map((definition) => definition.name);

function inputOf(definition: Definition): Fields {
  const schema = schemaOf(definition);
  if (!definition.required && 'type' in schema) {
    schema['type'] = [schema['type'], 'null'];
    if (definition.enum !== undefined) schema['enum'] = [...definition.enum, null];
  }
  if (definition.secret) {
    schema['writeOnly'] = true;
    if (definition.type === 'string') schema['format'] ??= 'password';
  } else {
    if ('defaultValue' in definition) schema['default'] = definition.defaultValue;
    else if ('default' in definition) schema['default'] = definition.default;
    if ('example' in definition) schema['examples'] = [definition.example];
    else if ('examples' in definition) schema['examples'] = definition.examples;
  }
  if (definition.aliases?.length) schema['x-aliases'] = definition.aliases;
  return schema;
}

/** The schema of one value, or of the items of a list. */
function schemaOf(definition: Definition): Fields {
  const schema: Fields = {};
  if (definition.type !== 'any') schema['type'] = definition.type;
  if (definition.description) schema['description'] = definition.description;
  for (const key of CONSTRAINTS) if (key in definition) schema[key] = definition[key];
  if (definition.pattern !== undefined)
    // as the server does
    schema['maxLength'] = Math.min(definition.maxLength ?? LONGEST_MATCHED, LONGEST_MATCHED);
  if (definition.format === 'base64') {
    // Two keywords of JSON Schema, of which the first asserts nothing; the pattern does.
    delete schema['format'];
    Object.assign(schema, { contentEncoding: 'base64', pattern: BASE64 });
  }
  if (definition.items !== undefined) schema['items'] = schemaOf(definition.items);
  return schema;
}

const api = { inputSchema, outputSchema };
export type Api = typeof api;
module.exports = api;
