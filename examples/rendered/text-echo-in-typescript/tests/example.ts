/** The inputs of examples/request.json. */
import { readFileSync } from 'node:fs';

export function example(): Record<string, unknown> {
  const text = readFileSync(new URL('../examples/request.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { inputs: Record<string, unknown> }).inputs;
}
