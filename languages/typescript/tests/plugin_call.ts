/** Calls the plugin as the server does, by the server's own code, but in this process. */
import { createRequire } from 'node:module';
import type { Logic, WorkerData } from '../plugin_runtime/types.cts';
import { readManifest } from './sync_types.ts';

const require = createRequire(import.meta.url);
const { adopt } =
  require('../plugin_runtime/configuration.cts') as import('../plugin_runtime/configuration.cts').Api;
const { Endpoint } =
  require('../plugin_runtime/endpoint.cts') as import('../plugin_runtime/endpoint.cts').Api;
const { Log } = require('../plugin_runtime/logs.cts') as import('../plugin_runtime/logs.cts').Api;
const { RequestSecrets, secretsOfEnvironment } =
  require('../plugin_runtime/redaction.cts') as import('../plugin_runtime/redaction.cts').Api;
const { deadlineMs, loadSettings } =
  require('../plugin_runtime/settings.cts') as import('../plugin_runtime/settings.cts').Api;
const { monotonicMs } =
  require('../plugin_runtime/threads.cts') as import('../plugin_runtime/threads.cts').Api;

/** The plugin's answer: `outputs` after a success, else `error`. */
export type PluginAnswer = {
  success: boolean;
  outputs?: Record<string, unknown>;
  error?: string;
  errors?: string[];
};

let starting: Promise<Logic> | undefined;

async function load(): Promise<Logic> {
  const logic = (await import('../plugin_logic.ts')) as unknown as Logic;
  await logic.setup?.();
  return logic;
}

/** Execute the plugin: inputs are unwrapped, converted and checked, defaults filled in, outputs checked.
 *
 *  `setup()` runs once, before the first call. */
export async function run(
  inputs: Record<string, unknown>,
  context: Record<string, unknown> = {},
): Promise<PluginAnswer> {
  const manifest = readManifest();
  adopt(manifest, process.env);
  starting ??= load();
  const logic = await starting;
  const settings = loadSettings(manifest, process.env);
  const secrets = new RequestSecrets(manifest, secretsOfEnvironment(manifest, process.env, []));
  const log = new Log(manifest, secrets, () => {});
  const data = {
    manifest,
    strictInputs: settings.strictInputs === 1,
    maxJsonDepth: settings.maxJsonDepth,
    maxOutputBytes: settings.maxOutputBytes,
    trace: new SharedArrayBuffer(1024),
  } as WorkerData;
  const endpoint = new Endpoint(data, logic, secrets, log, () => {});
  const started = monotonicMs();
  const answer = await endpoint.execute({
    body: new TextEncoder().encode(JSON.stringify({ inputs, context })),
    headers: {},
    traceId: 'test',
    started,
    deadline: started + deadlineMs(settings.timeoutMs),
  });
  const { body } = answer;
  return JSON.parse(typeof body === 'string' ? body : new TextDecoder().decode(body)) as PluginAnswer;
}
