/** The same work in every language: give a text back, after computing for a while if asked to. */
import type { Context, Inputs, PluginResult } from './plugin_types.ts';

export async function executePlugin(inputs: Inputs, _context: Context): Promise<PluginResult> {
  const until = performance.now() + 1000 * inputs.seconds;
  while (performance.now() < until);
  return { success: true, outputs: { result: inputs.text } };
}
