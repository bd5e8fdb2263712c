/** The logic of the plugin that is attacked: an answer, and output, as large as the request says. */
import type { Context, Inputs, PluginResult } from './plugin_types.ts';

/** Print `lines` lines of 1,000 characters, return `size` characters; both are undeclared. */
export async function executePlugin(_inputs: Inputs, context: Context): Promise<PluginResult> {
  const { lines = 0, size = 0 } = context.host_inputs as { lines?: number; size?: number };
  for (let line = 0; line < lines; line += 1) console.log('x'.repeat(1000));
  return { success: true, outputs: { result: 'x'.repeat(size) } };
}
