/** What has changed between two manifests of a plugin, and which step of the version that needs.
 *
 *  Callers send inputs and read outputs: an input may only get wider, an output only narrower. */
import { isDeepStrictEqual } from 'node:util';

/** From the smallest to the largest. */
const STEPS = ['none', 'patch', 'minor', 'major'] as const;
const FLOORS = ['minimum', 'minLength', 'minItems'] as const;
const CEILINGS = ['maximum', 'maxLength', 'maxItems'] as const;
const EXACT = ['pattern', 'format', 'contentMediaType'] as const;

export type Step = (typeof STEPS)[number];
/** Which part of the version has to move, what has changed, such as `input unit`, and how. */
export type Change = { step: Step; place: string; text: string };

type Definition = {
  name: string;
  type: string;
  required?: boolean;
  secret?: boolean;
  aliases?: string[];
  enum?: unknown[];
  items?: Definition;
  default?: unknown;
  defaultValue?: unknown;
} & { [key in (typeof FLOORS)[number] | (typeof CEILINGS)[number]]?: number } & {
  [key in (typeof EXACT)[number]]?: string;
};
type Configuration = { key: string; required?: boolean };

/** manifest.json, as far as it is compared. */
export type Manifest = {
  id?: string;
  verb?: string;
  version: string;
  inputDefinitions?: Definition[];
  outputDefinitions?: Definition[];
  security?: { permissions?: string[] };
  container?: { resources?: { memory?: unknown; cpu?: unknown } };
  api?: { timeout?: unknown };
  configuration?: Configuration[];
};

/** List what callers, planners and operators can notice, the largest step first.
 *
 *  Throws TypeError for something that is not a manifest. */
export function changes(old: Manifest, now: Manifest): Change[] {
  for (const one of [old, now])
    if (typeof one !== 'object' || one === null || Array.isArray(one))
      throw new TypeError('a manifest is a JSON object');
  const found = [
    ...identity(old, now),
    ...inputs(old, now),
    ...outputs(old, now),
    ...permissions(old, now),
    ...limits(old, now),
    ...configuration(old, now),
  ];
  return found.sort((one, other) => STEPS.indexOf(other.step) - STEPS.indexOf(one.step));
}

/** The largest step of some changes; none if there are none. */
export const stepNeeded = (found: Change[]): Step =>
  STEPS.findLast((step) => found.some((change) => change.step === step)) ?? 'none';

/** The lowest version that is a large enough step: 1.2.3 and minor make 1.3.0.
 *
 *  Before 1.0.0 everything may change: a major step is then a minor one, a minor one a patch. */
export function lowestVersion(old: string, needed: Step): string {
  const [major = 0, minor = 0, patch = 0] = numbers(old);
  let step = needed;
  if (major === 0) step = { none: 'none', patch: 'patch', minor: 'patch', major: 'minor' }[needed] as Step;
  if (step === 'major') return `${major + 1}.0.0`;
  if (step === 'minor') return `${major}.${minor + 1}.0`;
  return `${major}.${minor}.${step === 'patch' ? patch + 1 : patch}`;
}

/** Whether the version has moved far enough. Throws if it is not a version. */
export const isEnough = (old: string, version: string, step: Step): boolean =>
  compareVersions(version, lowestVersion(old, step)) >= 0;

/** Less than 0, 0 or more, as the first version is lower than, equal to or higher than the second. */
export function compareVersions(one: string, other: string): number {
  const others = numbers(other);
  for (const [index, number] of numbers(one).entries()) {
    const difference = number - (others[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The parts of a version. Throws TypeError. */
function numbers(version: string): number[] {
  if (!/^\d+\.\d+\.\d+$/.test(version)) throw new TypeError(`${version} is not a version such as 1.2.0`);
  return version.split('.').map(Number);
}

/** A line for each change. */
export const lines = (found: Change[]): string[] =>
  found.map(({ step, place, text }) => `${step.padEnd(5)}  ${place}: ${text}`);

function* identity(old: Manifest, now: Manifest): Generator<Change> {
  for (const key of ['id', 'verb'] as const)
    if (old[key] !== now[key]) yield { step: 'major', place: key, text: `${old[key]} became ${now[key]}` };
}

function* inputs(old: Manifest, now: Manifest): Generator<Change> {
  const after = byName(now.inputDefinitions);
  const kept = new Set<string>();
  for (const [name, was] of byName(old.inputDefinitions)) {
    const place = `input ${name}`;
    let next = after.get(name);
    if (next === undefined) {
      next = [...after.values()].findLast((one) => one.aliases?.includes(name));
      if (next !== undefined)
        yield { step: 'minor', place, text: `renamed to ${next.name}; the old name is an alias` };
    }
    if (next === undefined) {
      yield { step: 'major', place, text: 'removed; values from callers no longer have an effect' };
      continue;
    }
    kept.add(next.name);
    yield* input(place, was, next);
  }
  for (const [name, added] of after)
    if (!kept.has(name)) yield addition(`input ${name}`, added.required ?? false);
}

function addition(place: string, isRequired: boolean): Change {
  return isRequired
    ? { step: 'major', place, text: 'added, and required' }
    : { step: 'minor', place, text: 'added' };
}

function* input(place: string, was: Definition, now: Definition): Generator<Change> {
  const say = (step: Step, text: string): Change => ({ step, place, text });
  const required = was.required ?? false;
  const must = now.required ?? false;
  if (must && !required) yield say('major', 'now required');
  else if (required && !must) yield say('minor', 'now optional');
  for (const [isWider, text] of valueChanges(was, now)) yield say(isWider ? 'minor' : 'major', text);
  const standard = defaultOf(was);
  const other = defaultOf(now);
  if (!isDeepStrictEqual(standard, other) && !was.secret && !now.secret) {
    const [one, another] = [JSON.stringify(standard), JSON.stringify(other)];
    if (standard === undefined) {
      if (!required) yield say('minor', `now has the default ${another}`);
    } else if (other === undefined) {
      if (!must) yield say('major', `no longer has a default; it was ${one}`);
    } else yield say('major', `the default was ${one} and is ${another}`);
  }
  const aliases = new Set(was.aliases);
  const others = new Set(now.aliases);
  for (const alias of [...aliases].sort())
    if (!others.has(alias) && alias !== now.name) yield say('major', `the alias ${alias} was removed`);
  for (const alias of [...others].sort())
    if (!aliases.has(alias) && alias !== was.name) yield say('minor', `the alias ${alias} was added`);
  if (Boolean(was.secret) !== Boolean(now.secret))
    yield say('minor', now.secret ? 'now secret' : 'no longer secret');
}

function* outputs(old: Manifest, now: Manifest): Generator<Change> {
  const before = byName(old.outputDefinitions);
  const after = byName(now.outputDefinitions);
  for (const [name, was] of before) {
    const say = (step: Step, text: string): Change => ({ step, place: `output ${name}`, text });
    const next = after.get(name);
    if (next === undefined) {
      yield say('major', 'removed');
      continue;
    }
    if (was.required && !next.required) yield say('major', 'no longer always present');
    else if (next.required && !was.required) yield say('minor', 'now always present');
    for (const [isWider, text] of valueChanges(was, next)) yield say(isWider ? 'major' : 'minor', text);
  }
  for (const name of after.keys())
    if (!before.has(name)) yield { step: 'minor', place: `output ${name}`, text: 'added' };
  const [first] = before.keys();
  const [firstNow] = after.keys();
  if (first !== undefined && after.has(first) && first !== firstNow) {
    const text = `${firstNow} now comes first; some plans keep only the first output`;
    yield { step: 'major', place: `output ${first}`, text };
  }
}

/** How the values that are allowed have changed, and whether there are more of them.
 *
 *  What is neither more nor less, such as another pattern, comes as both. */
function* valueChanges(was: Definition, now: Definition): Generator<[boolean, string]> {
  if (was.type !== now.type) {
    const text = `the type was ${was.type} and is ${now.type}`;
    if (was.type === 'any' || now.type === 'any') yield [now.type === 'any', text];
    else yield* both(text);
    return;
  }
  yield* choices(was.enum, now.enum);
  for (const [keys, lowerIsWider] of [
    [FLOORS, true],
    [CEILINGS, false],
  ] as const)
    for (const key of keys) {
      const [limit, bound] = [was[key], now[key]];
      if (limit === bound) continue;
      const text = `the ${key} was ${shown(limit)} and is ${shown(bound)}`;
      if (limit === undefined || bound === undefined) yield [bound === undefined, text];
      else yield [bound < limit === lowerIsWider, text];
    }
  for (const key of EXACT) {
    const [one, another] = [was[key], now[key]];
    if (one === another) continue;
    const text = `the ${key} was ${shown(one)} and is ${shown(another)}`;
    if (one === undefined || another === undefined) yield [another === undefined, text];
    else yield* both(text);
  }
  if (was.items === undefined && now.items === undefined) return;
  const any = { name: '', type: 'any' }; // what is not declared
  for (const [isWider, text] of valueChanges(was.items ?? any, now.items ?? any))
    yield [isWider, `items: ${text}`];
}

const both = (text: string): [boolean, string][] => [
  [true, text],
  [false, text],
];

function* choices(was: unknown[] | undefined, now: unknown[] | undefined): Generator<[boolean, string]> {
  if (was === undefined && now !== undefined) yield [false, `now only ${now.join(', ')}`];
  else if (was !== undefined && now === undefined) yield [true, `now any value, not only ${was.join(', ')}`];
  else if (was !== undefined && now !== undefined) {
    const removed = was.filter((value) => !now.includes(value));
    const added = now.filter((value) => !was.includes(value));
    if (removed.length > 0) yield [false, `${removed.join(', ')} no longer allowed`];
    if (added.length > 0) yield [true, `${added.join(', ')} now allowed`];
  }
}

function* permissions(old: Manifest, now: Manifest): Generator<Change> {
  const [before, after] = [old, now].map((one) => new Set(one.security?.permissions));
  const place = 'permissions';
  for (const name of [...(after ?? [])].sort())
    if (!before?.has(name)) yield { step: 'major', place, text: `${name} was added` };
  for (const name of [...(before ?? [])].sort())
    if (!after?.has(name)) yield { step: 'patch', place, text: `${name} was removed` };
}

function* limits(old: Manifest, now: Manifest): Generator<Change> {
  const kinds: [string, Step, (one: Manifest) => unknown][] = [
    ['api.timeout', 'major', (one) => one.api?.timeout],
    ['memory', 'major', (one) => one.container?.resources?.memory],
    ['cpu', 'minor', (one) => one.container?.resources?.cpu],
  ];
  for (const [place, lowered, limitOf] of kinds) {
    const [before, after] = [sizeOf(limitOf(old)), sizeOf(limitOf(now))];
    if (before === undefined || after === undefined || before === after) continue;
    const isLower = after < before;
    const text = `${isLower ? 'lowered' : 'raised'} from ${limitOf(old)} to ${limitOf(now)}`;
    yield { step: isLower ? lowered : 'minor', place, text };
  }
}

function* configuration(old: Manifest, now: Manifest): Generator<Change> {
  const [before, after] = [old, now].map(
    (one) => new Map((one.configuration ?? []).map((item) => [item.key, item.required ?? false])),
  );
  for (const [key, required] of [...(after ?? [])].sort())
    if (!before?.has(key)) yield addition(`configuration ${key}`, required);
    else if (required && !before.get(key))
      yield { step: 'major', place: `configuration ${key}`, text: 'now required' };
  for (const key of [...(before?.keys() ?? [])].sort())
    if (!after?.has(key)) yield { step: 'minor', place: `configuration ${key}`, text: 'removed' };
}

const byName = (definitions: Definition[] = []): Map<string, Definition> =>
  new Map(definitions.map((one) => [one.name, one]));

const defaultOf = (one: Definition): unknown => ('defaultValue' in one ? one.defaultValue : one.default);

/** A limit as a number; undefined if there is none, or none that can be read. */
function sizeOf(value: unknown): number | undefined {
  const found = /^(\d+(?:\.\d+)?)([kmg]?)$/.exec(String(value).toLowerCase());
  const factors: Record<string, number> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };
  return found ? Number(found[1]) * (factors[found[2] ?? ''] ?? 1) : undefined;
}

const shown = (value: unknown): string => (value === undefined ? 'not set' : String(value));
