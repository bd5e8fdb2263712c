/** The author's own settings: `container.environment` and `configuration` of manifest.json.
 *
 *  A setting is an environment variable, wherever the plugin runs. The manifest only fills in what
 *  the environment lacks, as the host does with `container.environment`. */
import type { Fields, Manifest } from './types.cts';

const BOOLEANS = ['true', 'false', '1', '0'];
const WHERE =
  'set it in .env (make run, make up, compose.yaml), in the Secret of kubernetes.yaml, or in the environment of the host';

/** Fill in the manifest's values where the environment has none, or an empty one. */
function adopt(manifest: Manifest, environment: NodeJS.ProcessEnv): void {
  const values: Fields = { ...manifest.container.environment };
  for (const { key, value } of manifest.configuration ?? [])
    if (value !== undefined && value !== null && value !== '') values[key] ??= value;
  for (const [name, value] of Object.entries(values))
    if (!environment[name]) environment[name] = String(value);
}

/** Name each required setting that is missing, and each whose value has the wrong type.
 *
 *  No value is in the text: a secret may be in the wrong variable. */
function problemsOf(manifest: Manifest, environment: NodeJS.ProcessEnv): string[] {
  const found: string[] = [];
  for (const { key, required, type, description = '' } of manifest.configuration ?? []) {
    const value = environment[key] ?? '';
    if (value === '') {
      const about = description.split(/\s+/).filter(Boolean).join(' ');
      if (required) found.push(`${key} is required${about ? ` (${about})` : ''}: ${WHERE}`);
    } else if (type === 'number' && !(value.trim() !== '' && Number.isFinite(Number(value))))
      found.push(`${key} must be a number, such as 0.5`);
    else if (type === 'boolean' && !BOOLEANS.includes(value.toLowerCase()))
      found.push(`${key} must be one of ${BOOLEANS.join(', ')}`);
  }
  return found;
}

const api = { adopt, problemsOf };
export type Api = typeof api;
module.exports = api;
