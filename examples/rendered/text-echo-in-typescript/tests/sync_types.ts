/** Writes plugin_types.ts from manifest.json: `make sync`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { Definition, Manifest } from '../plugin_runtime/types.cts';
import { fail } from './plugin_container.ts';

const ROOT = new URL('../', import.meta.url);
const TYPES: Record<string, string> = {
  string: 'string',
  number: 'number',
  boolean: 'boolean',
  array: 'unknown[]',
  object: 'Record<string, unknown>',
  any: 'unknown',
};

/** What plugin_types.ts has to be. */
export function typesOf(manifest: Manifest): string {
  return `/** The types of this plugin. \`make sync\` writes this file from manifest.json: do not edit it. */
import type { Context, Result } from './plugin_runtime/types.cts';

/** What \`executePlugin\` is given: checked, converted, and with defaults filled in. */
export type Inputs = {
${manifest.inputDefinitions.map((one) => field(one, 'inputs')).join('\n')}
};

/** What \`executePlugin\` returns; an optional output that is null is left out. */
export type Outputs = {
${manifest.outputDefinitions.map((one) => field(one, 'outputs')).join('\n')}
};

export type PluginResult = Result<Outputs>;
export type { Context };
`;
}

function field(definition: Definition, kind: 'inputs' | 'outputs'): string {
  const { name, required = false, description = '' } = definition;
  const certain =
    required || (kind === 'inputs' && ('default' in definition || 'defaultValue' in definition));
  let type = typeOf(definition);
  if (kind === 'outputs' && !certain && type !== 'unknown') type += ' | null';
  const about = description.split(/\s+/).filter(Boolean).join(' ').replaceAll('*/', '*\\/');
  const key = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : literal(name);
  return `${about ? `  /** ${about} */\n` : ''}  ${key}${certain ? '' : '?'}: ${type};`;
}

function typeOf(definition: Definition): string {
  if (definition.enum?.length) return definition.enum.map(literal).join(' | ');
  if (definition.items === undefined) return TYPES[definition.type] ?? 'unknown';
  const item = typeOf(definition.items);
  return item.includes(' ') ? `(${item})[]` : `${item}[]`;
}

function literal(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const text = JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"');
  const quote = value.split("'").length > value.split('"').length ? '"' : "'";
  return `${quote}${text.replaceAll(quote, `\\${quote}`)}${quote}`;
}

/** manifest.json; ends this process with the reason where the types cannot be known. */
export function readManifest(): Manifest {
  let manifest: Manifest;
  try {
    manifest = JSON.parse(readFileSync(new URL('manifest.json', ROOT), 'utf8')) as Manifest;
  } catch (error) {
    return fail(`manifest.json cannot be read: ${(error as Error).message}`);
  }
  const { inputDefinitions = [], outputDefinitions = [] } = manifest;
  for (const one of [...inputDefinitions, ...outputDefinitions]) needTypes(one, one.name);
  return manifest;
}

function needTypes({ type, items }: Definition, name: string): void {
  if (!Object.hasOwn(TYPES, type) && !(type === undefined && items))
    fail(
      `manifest.json: ${name} has the type ${JSON.stringify(type)}; it must be string, number, boolean, array, ` +
        'object or any, such as "type": "string"',
    );
  if (items) needTypes(items, `${name}[]`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  writeFileSync(new URL('plugin_types.ts', ROOT), typesOf(readManifest()));
