/** The types of this plugin. `make sync` writes this file from manifest.json: do not edit it. */
import type { Context, Result } from './plugin_runtime/types.cts';

/** What `executePlugin` is given: checked, converted, and with defaults filled in. */
export type Inputs = {
  /** Text to process */
  text: string;
};

/** What `executePlugin` returns; an optional output that is null is left out. */
export type Outputs = {
  /** The processed text */
  result: string;
};

export type PluginResult = Result<Outputs>;
export type { Context };
