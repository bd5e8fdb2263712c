/** Settings: `PLUGIN_*` environment variables, each with its default from the manifest.
 *
 *  No other variable is read: the host injects its own environment, `PORT` included. */
import type { Level, Manifest } from './types.cts';

const { MIB, THREAD_BYTES, memoryLimit, shareOf } = require('./memory.cts') as import('./memory.cts').Api;

const LOG_LEVELS = ['DEBUG', 'INFO', 'WARNING', 'ERROR'];
const WHOLE = /^[ \t\r\n]*[+-]?[0-9]+[ \t\r\n]*$/;
const LONGEST_SHOWN = 40; // characters of a wrong value
const PROCESS_BYTES = 32 * MIB; // of the process without its threads

/** Sizes in bytes, times in seconds unless the name says ms. */
type Settings = {
  port: number;
  host: string;
  concurrency: number;
  timeoutMs: number;
  memoryBytes: number;
  maxBodyBytes: number;
  maxOutputBytes: number;
  maxHeaderBytes: number;
  maxJsonDepth: number;
  maxConnections: number;
  idleSeconds: number;
  requestSeconds: number;
  answerSeconds: number;
  stuckSeconds: number;
  drainSeconds: number;
  startSeconds: number;
  strictInputs: number;
  logLevel: Level;
  env: string;
  secretEnv: string;
};

type NumberSetting = { default(manifest: Manifest): number; lowest: number; highest: number };

/** At least one setting is wrong; the message names each of them. */
class SettingsError extends Error {}

/** Executions at once: 16 for each CPU of the manifest, as many threads as half the memory takes, at least 4. */
function defaultConcurrency(manifest: Manifest): number {
  const cpu = Number.parseFloat(String(manifest.container.resources?.cpu ?? 1));
  const threads = Math.floor((memoryLimit(manifest) / 2 - PROCESS_BYTES) / THREAD_BYTES);
  return Math.max(4, Math.min(256, threads, Math.ceil(16 * (Number.isFinite(cpu) ? cpu : 1))));
}

/** Bytes of a body or an answer, less where the memory could not hold it. */
const bounded = (most: number) => (manifest: Manifest) =>
  Math.floor(Math.max(MIB, Math.min(most, (shareOf(memoryLimit(manifest)) * 3) / 8)));

const fixed = (value: number) => () => value;
const DAY = 24 * 3600;

const NUMBERS: Record<string, NumberSetting> = {
  PLUGIN_PORT: {
    default: (manifest) => manifest.container.ports[0]?.container ?? 8080,
    lowest: 0,
    highest: 65535,
  },
  PLUGIN_CONCURRENCY: { default: defaultConcurrency, lowest: 1, highest: 1024 },
  PLUGIN_TIMEOUT_MS: {
    default: (manifest) => manifest.api.timeout ?? 30000,
    lowest: 100,
    highest: DAY * 1000,
  },
  PLUGIN_MEMORY_BYTES: { default: memoryLimit, lowest: 16 * MIB, highest: 1024 * 1024 * MIB },
  PLUGIN_MAX_BODY_BYTES: { default: bounded(16 * MIB), lowest: 1024, highest: 1024 * MIB },
  PLUGIN_MAX_OUTPUT_BYTES: { default: bounded(64 * MIB), lowest: 1024, highest: 1024 * MIB },
  PLUGIN_MAX_HEADER_BYTES: { default: fixed(64 * 1024), lowest: 1024, highest: MIB },
  PLUGIN_MAX_JSON_DEPTH: { default: fixed(100), lowest: 4, highest: 500 },
  PLUGIN_MAX_CONNECTIONS: { default: fixed(512), lowest: 8, highest: 65536 },
  PLUGIN_IDLE_SECONDS: { default: fixed(60), lowest: 1, highest: 3600 },
  PLUGIN_REQUEST_SECONDS: { default: fixed(30), lowest: 1, highest: 3600 },
  PLUGIN_ANSWER_SECONDS: { default: fixed(30), lowest: 1, highest: 3600 },
  PLUGIN_STUCK_SECONDS: { default: fixed(60), lowest: 1, highest: DAY },
  PLUGIN_DRAIN_SECONDS: { default: fixed(9), lowest: 0, highest: 3600 },
  PLUGIN_START_SECONDS: { default: fixed(30), lowest: 1, highest: DAY },
  PLUGIN_STRICT_INPUTS: { default: fixed(0), lowest: 0, highest: 1 },
};
const TEXTS: Record<string, string> = {
  PLUGIN_HOST: '0.0.0.0',
  PLUGIN_LOG_LEVEL: 'INFO',
  PLUGIN_ENV: 'production',
  PLUGIN_SECRET_ENV: 'auto',
};

/** Read every setting. Throws SettingsError, which names every variable that is wrong. */
function loadSettings(manifest: Manifest, environment: NodeJS.ProcessEnv): Settings {
  const values: Record<string, number | string> = {};
  const problems: string[] = [];
  for (const [variable, setting] of Object.entries(NUMBERS)) {
    const standard = setting.default(manifest);
    const given = environment[variable];
    // Compose and Kubernetes set a variable without a value to the empty text.
    const number = given ? Number(given) + 0 : standard; // -0 is 0
    if (given && !(WHOLE.test(given) && number >= setting.lowest && number <= setting.highest))
      problems.push(
        `${shown(variable, given)}: use a whole number from ${setting.lowest} to ${setting.highest}, such as ${standard}`,
      );
    values[nameOf(variable)] = number;
  }
  for (const [variable, standard] of Object.entries(TEXTS))
    values[nameOf(variable)] = environment[variable] || standard;
  const level = String(values['logLevel']);
  // Of ASCII only: toUpperCase makes an I of a dotless i too.
  values['logLevel'] = /^[a-z]+$/i.test(level) ? level.toUpperCase() : level;
  if (!LOG_LEVELS.includes(values['logLevel']))
    problems.push(`${shown('PLUGIN_LOG_LEVEL', level)}: use one of ${LOG_LEVELS.join(', ')}`);
  if (problems.length > 0) throw new SettingsError(problems.join('; '));
  return values as unknown as Settings;
}

/** A variable and its wrong value, or how long that is. */
const shown = (variable: string, given: string): string =>
  given.length <= LONGEST_SHOWN
    ? `${variable}='${given}'`
    : `${variable} is a text of ${given.length} characters`;

/** `PLUGIN_MAX_BODY_BYTES` as `maxBodyBytes`. */
const nameOf = (variable: string): string =>
  variable
    .slice('PLUGIN_'.length)
    .toLowerCase()
    .replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());

/** Whether logs are for a developer's terminal; read before the settings are checked. */
const isReadable = (environment: NodeJS.ProcessEnv): boolean => environment['PLUGIN_ENV'] === 'development';

/** Names of the variables that are secret; none: those that are named like secrets. */
function secretNames(environment: NodeJS.ProcessEnv): string[] {
  const given = environment['PLUGIN_SECRET_ENV'] ?? 'auto';
  if (given === 'auto') return [];
  return given
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
}

/** Milliseconds after which an execution is answered 504, so that the caller still gets the answer.
 *
 *  The margin below the caller's own limit is a tenth of it, at most one second. */
const deadlineMs = (timeoutMs: number): number => timeoutMs - Math.min(1000, timeoutMs / 10);

const api = { SettingsError, deadlineMs, isReadable, loadSettings, secretNames };

export type { Settings };
export type Api = typeof api;
module.exports = api;
