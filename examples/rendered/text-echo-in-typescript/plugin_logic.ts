/** What the plugin does when it is called.
 *
 *  Plugin: Text Echo
 *  Task: Takes text (string) and returns result (string)
 *
 *  This file is yours. It is still a stub: executePlugin() only shows that every declared output
 *  leaves. Replace its body with your own code. */
import type { Context, Inputs, PluginResult } from './plugin_types.ts';

const STUB_ANSWER = 'not written yet: this value comes from the stub in plugin_logic.ts';

/** Answer one request.
 *
 *  The host runs a failing step up to six times, with the same context.step_id: make it harmless to
 *  run twice. To fail, throw an exception or return
 *  { success: false, error: 'one sentence that says what to change' }. */
export async function executePlugin(inputs: Inputs, _context: Context): Promise<PluginResult> {
  const given = Object.keys(inputs).length;
  console.warn(`executePlugin() in plugin_logic.ts is still a stub; it received ${given} input(s)`);
  return {
    success: true,
    outputs: {
      result: STUB_ANSWER,
    },
  };
}
