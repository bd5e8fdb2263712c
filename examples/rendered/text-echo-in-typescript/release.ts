/** Releases the plugin: moves its version everywhere, commits and tags. No commit or tag is pushed.
 *
 *      node release.ts 1.2.0
 *      node release.ts 1.2.0 --image    builds and pushes the image first, and writes its digest into
 *                                       host-image/Dockerfile: a host can build that one line instead
 *      node release.ts --check    tells what has changed for callers since the last release, and fails if
 *                                 the version in manifest.json has moved less than that needs */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Manifest as Compared } from './compatibility.ts';
import { changes, compareVersions, isEnough, lines, lowestVersion, stepNeeded } from './compatibility.ts';

const ROOT = fileURLToPath(new URL('./', import.meta.url));
const CHANGELOG = 'CHANGELOG.md';
const IMAGE_FILE = 'host-image/Dockerfile';
const UNRELEASED = '## Unreleased\n';

// Every place of the version but the changelog, as it is written there.
const PLACES: Record<string, string[]> = {
  'manifest.json': ['"version": "{version}"', '"image": "{image}"'],
  Dockerfile: ['ARG PLUGIN_VERSION={version}\n'],
  'compose.yaml': ['image: "{image}"', 'PLUGIN_VERSION: "{version}"'],
  'kubernetes.yaml': ['image: "{image}"', 'app.kubernetes.io/version: "{version}"'],
};

/** The release cannot be made; the message says why and what to do. */
class Refused extends Error {}

type Manifest = Compared & { id: string; container: { image: string } };

function run(program: string, ...options: string[]): string {
  const done = spawnSync(program, options, { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (done.error) throw new Refused(`${program} cannot be started: ${done.error.message}`);
  if (done.status !== 0)
    throw new Refused(`${program} ${options[0]} failed: ${(done.stderr || done.stdout).trim()}`);
  return done.stdout.trimEnd();
}

const git = (...options: string[]): string => run('git', ...options);
const isThere = (name: string): boolean => existsSync(`${ROOT}${name}`);
const read = (name: string): string => readFileSync(`${ROOT}${name}`, 'utf8');

function write(name: string, text: string): void {
  mkdirSync(dirname(`${ROOT}${name}`), { recursive: true });
  writeFileSync(`${ROOT}${name}`, text);
}

/** Make the release; return what to do next. Throws Refused, with nothing changed. */
function release(version: string, withImage: boolean): string {
  if (!/^(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}$/.test(version))
    throw new Refused(`VERSION is '${version}'; it must be MAJOR.MINOR.PATCH: VERSION=1.2.0`);
  const changes = git('status', '--porcelain', '--', '.');
  if (changes) throw new Refused(`Commit or stash what has changed first:\n${changes}`);
  if (isThere(IMAGE_FILE) && !withImage)
    throw new Refused(
      `${IMAGE_FILE} has the image of the previous version: add PUSH=image, or remove the file ` +
        `(git rm ${IMAGE_FILE}) and commit`,
    );
  const manifest = JSON.parse(read('manifest.json')) as Manifest;
  const prefix = tagPrefix(manifest);
  checkOrder(version, manifest.version, prefix);
  checkStep(manifest, version);
  const names = [...Object.keys(PLACES), CHANGELOG].filter(isThere);
  const before = new Map(names.map((name) => [name, read(name)]));
  const after = new Map([...before].map(([name, text]) => [name, moved(name, text, manifest, version)]));
  const imageBefore = isThere(IMAGE_FILE) ? read(IMAGE_FILE) : undefined;
  try {
    for (const [name, text] of after) write(name, text);
    if (withImage) {
      write(IMAGE_FILE, pushedImage(JSON.parse(read('manifest.json')) as Manifest));
      git('add', '--', IMAGE_FILE);
      names.push(IMAGE_FILE);
    }
    git('commit', '--quiet', '--allow-empty', '--message', `Release ${version}`, '--', ...names);
  } catch (error) {
    for (const [name, text] of before) write(name, text);
    restoreImage(imageBefore);
    throw error;
  }
  git('tag', '--annotate', `${prefix}${version}`, '--message', `${manifest.id} ${version}`);
  return `Released ${version} as ${prefix}${version}. To publish it: git push --follow-tags`;
}

/** Build and push the image; return the Dockerfile with its digest. */
function pushedImage({ id, version, container: { image } }: Manifest): string {
  const names = ['--build-arg', `PLUGIN_ID=${id}`, '--build-arg', `PLUGIN_VERSION=${version}`];
  run('docker', 'build', '--quiet', '--tag', image, ...names, '.');
  run('docker', 'push', '--quiet', image);
  const [found] = JSON.parse(run('docker', 'image', 'inspect', image)) as [{ RepoDigests: string[] | null }];
  const repository = `${image.slice(0, image.lastIndexOf(':'))}@`;
  const digest = found.RepoDigests?.findLast((one) => one.startsWith(repository));
  if (!digest) throw new Refused(`the engine has no digest for ${image}: docker image inspect ${image}`);
  return `FROM ${image}@${digest.slice(repository.length)}\n`;
}

/** Put host-image/Dockerfile back as it was, undefined for not there. */
function restoreImage(text: string | undefined): void {
  if (text !== undefined) write(IMAGE_FILE, text);
  else if (isThere(IMAGE_FILE)) {
    unlinkSync(`${ROOT}${IMAGE_FILE}`);
    try {
      rmdirSync(dirname(`${ROOT}${IMAGE_FILE}`));
    } catch {} // something else is in it
  }
  if (git('ls-files', '--', IMAGE_FILE)) git('reset', '--quiet', '--', IMAGE_FILE);
}

/** What comes before the version in a tag: the plugin's id too, unless it has its own repository. */
const tagPrefix = (manifest: Manifest): string =>
  git('rev-parse', '--show-prefix') ? `${manifest.id}/v` : 'v';

/** Throw Refused unless it is higher than the current one, or the first release of that one. */
function checkOrder(version: string, current: string, prefix: string): void {
  if (git('tag', '--list', `${prefix}${version}`))
    throw new Refused(`${version} is already released: there is a tag ${prefix}${version}`);
  if (compareVersions(version, current) >= 0) return;
  const isReleased = git('tag', '--list', `${prefix}${current}`) !== '';
  const example = isReleased ? lowestVersion(current, 'patch') : current;
  const rule = isReleased ? 'higher' : 'that version, which is not released yet, or higher';
  throw new Refused(
    `VERSION is ${version}, lower than ${current} in manifest.json; it must be ${rule}: make release VERSION=${example}`,
  );
}

/** What has changed since the last release. Throws Refused if the version moves less than that needs. */
function checkStep(manifest: Manifest, version: string): string {
  const last = lastRelease(manifest, version);
  if (last === undefined) return 'There is no earlier release to compare with.';
  const shown = git('show', `${last}:./manifest.json`);
  try {
    const before = JSON.parse(shown) as Compared;
    const found = changes(before, manifest);
    const step = stepNeeded(found);
    const needed = `${step} changes need ${lowestVersion(before.version, step)} or higher`;
    const told = [`Since ${last}:`, ...lines(found).map((line) => `  ${line}`)].join('\n');
    if (found.length === 0) return `Nothing has changed for callers since ${last}.`;
    if (isEnough(before.version, version, step)) return told;
    // Work on the next one goes on under the version of the last.
    if (version === before.version) return `${told}\nFor the next release: ${needed}.`;
    throw new Refused(`${version} is too small a step: ${needed}.\n${told}`);
  } catch (error) {
    if (error instanceof Refused) throw error;
    const reason = (error as Error).message;
    throw new Refused(`manifest.json cannot be compared with that of ${last}: ${reason}`);
  }
}

/** The tag of the highest release in the history of this commit.
 *
 *  On a release itself that is the one before it, unless the manifest has been edited since. */
function lastRelease(manifest: Manifest, version: string): string | undefined {
  const prefix = tagPrefix(manifest);
  const tags = git('tag', '--list', `${prefix}*`, '--merged', 'HEAD').split('\n');
  const released = tags
    .map((tag) => tag.slice(prefix.length))
    .filter((one) => /^\d+\.\d+\.\d+$/.test(one))
    .sort(compareVersions);
  const isEdited = git('status', '--porcelain', '--', 'manifest.json') !== '';
  const isOwn = (one: string): boolean =>
    one === version && !isEdited && commitOf(`${prefix}${one}`) === commitOf('HEAD');
  const last = released.findLast((one) => !isOwn(one));
  return last === undefined ? undefined : `${prefix}${last}`;
}

/** The commit that a tag or HEAD names. */
const commitOf = (name: string): string => git('rev-parse', `${name}^{commit}`);

/** The text of a file with the new version. Throws Refused where the old one is not found. */
function moved(name: string, text: string, manifest: Manifest, version: string): string {
  if (name === CHANGELOG) return newSection(text, version);
  const { image } = manifest.container;
  const repository = image.slice(0, image.lastIndexOf(':'));
  let found = text;
  for (const place of PLACES[name] ?? []) {
    const old = place.replace('{version}', manifest.version).replace('{image}', image);
    if (!found.includes(old)) throw new Refused(`${name} does not have ${old.trim()}; see make test`);
    const next = place.replace('{version}', version).replace('{image}', `${repository}:${version}`);
    found = found.replace(old, () => next);
  }
  return found;
}

/** The changelog with what was unreleased under the version and today's date. */
function newSection(text: string, version: string): string {
  const at = text.indexOf(UNRELEASED);
  const rest = text.slice(at + UNRELEASED.length);
  if (at < 0 || !rest.split(/^## /m)[0]?.trim())
    throw new Refused(`Write what has changed under \`${UNRELEASED.trim()}\` in ${CHANGELOG} first`);
  const today = new Date().toISOString().slice(0, 10);
  return `${text.slice(0, at)}${UNRELEASED}\n## ${version} - ${today}\n${rest}`;
}

const isCheck = process.argv[2] === '--check';
try {
  if (isCheck) {
    const manifest = JSON.parse(read('manifest.json')) as Manifest;
    console.log(checkStep(manifest, manifest.version));
  } else console.log(release(process.argv[2] ?? '', process.argv.includes('--image')));
} catch (error) {
  if (!(error instanceof Refused)) throw error;
  console.error(`${isCheck ? '' : 'Not released. '}${error.message}`);
  process.exitCode = 1;
}
