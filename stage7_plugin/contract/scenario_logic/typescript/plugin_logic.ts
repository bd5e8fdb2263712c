/** Stands in for a plugin's logic while the contract suite checks what surrounds it.
 *
 *  What to do comes in an input named `scenario`, which no manifest declares. */
import { readFileSync } from 'node:fs';

type Definition = { name: string; type: string };
type Scenario = { sleep?: number; raise?: string; exit?: number; write?: number; leak?: string[] };
type Context = { host_inputs: Record<string, unknown> };

const VALUES: Record<string, unknown> = { number: 1, boolean: true, array: [], object: {} };

/** Block the thread: a server must not depend on the goodwill of the logic. */
function block(seconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, seconds * 1000);
}

/** Do what `scenario` says, then return a value of its type for every declared output. */
export async function executePlugin(_inputs: object, context: Context): Promise<object> {
  const scenario = (context.host_inputs['scenario'] ?? {}) as Scenario;
  if (scenario["sleep"]) block(scenario["sleep"]);
  if (scenario["raise"]) throw new Error(scenario["raise"]);
  if (scenario["exit"]) process.exit(scenario["exit"]);
  for (let number = 0; number < (scenario["write"] ?? 0); number += 1)
    console.log(`line ${number} of 100 bytes, for a standard output that nobody reads`.padEnd(99, '.'));
  if (scenario["leak"]) {
    const secrets = scenario["leak"].map((name) => String(context.host_inputs[name] ?? process.env[name])).join(' ');
    console.log('printed', secrets);
    console.error('logged %s', secrets);
    process.stdout.write(`written ${secrets}\n`);
    process.stderr.write(`written ${secrets}`);
    throw new Error(`raised ${secrets}`);
  }
  const manifest = JSON.parse(readFileSync(new URL('manifest.json', import.meta.url), 'utf8')) as {
    outputDefinitions: Definition[];
  };
  const outputs = manifest.outputDefinitions.map(({ name, type }) => [name, VALUES[type] ?? 'scenario']);
  return { success: true, outputs: Object.fromEntries(outputs) };
}
