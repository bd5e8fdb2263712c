/** Runs the tools of the template, which need Python, through uv or pipx: `make contract` and others.
 *
 *  stage7-plugin is installed from where the template was when it made this plugin, as
 *  `.stage7-template.json` or `.cruft.json` says; else an installed one is used. CONTRACT_SUITE names
 *  another place, such as `../template` or whatever else pip takes; CRUFT the command of cruft. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const CRUFT = 'cruft[pyproject]==2.16.0';
const EXTRAS = '[docker,generated,dev]';

type MadeFrom = { template?: string; commit?: string; version?: string; answers?: Record<string, unknown> };

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}

const isInstalled = (program: string): boolean =>
  spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;

const read = (name: string): MadeFrom => {
  const file = new URL(`../${name}`, import.meta.url);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as MadeFrom) : {};
};

/** A git address or a folder as the URL that pip needs; empty if it is neither. */
function asUrl(address: string): string {
  if (/^(https|ssh|file):\/\//.test(address)) return address;
  const remote = /^([^/:@]+@[^/:]+):(?!\/\/)(.+)$/.exec(address);
  if (remote) return `ssh://${remote[1]}/${remote[2]}`;
  return address.startsWith('/') && existsSync(address) ? pathToFileURL(address).href : '';
}

/** The suite as pip installs it; empty if it is not known where from. */
function requirement(): string {
  for (const { template = '', commit = '' } of [read('.stage7-template.json'), read('.cruft.json')])
    if (commit && asUrl(template)) return `stage7-plugin${EXTRAS} @ git+${asUrl(template)}@${commit}`;
  return '';
}

/** CONTRACT_SUITE; for a folder, with the extras that the commands need. */
function given(): string {
  const suite = process.env['CONTRACT_SUITE'] ?? '';
  return suite && existsSync(resolve(ROOT, suite)) ? suite + EXTRAS : suite;
}

/** A command of a package of PyPI, or of an installed program. */
function command(program: string, spec: string): string[] {
  if (spec && isInstalled('uvx')) return ['uvx', '--from', spec, program];
  if (spec && isInstalled('pipx')) return ['pipx', 'run', '--spec', spec, program];
  return isInstalled(program) ? [program] : [];
}

function execute(words: string[]): number {
  const [program = '', ...options] = words;
  return spawnSync(program, options, { cwd: ROOT, stdio: 'inherit' }).status ?? 1;
}

function suite(options: string[]): number {
  const optional = options.includes('--optional');
  let words = options.filter((option) => option !== '--optional');
  if (words[0] === 'check') {
    const settings = process.env['ENV_FILE'] ? ['--env-file', process.env['ENV_FILE']] : [];
    words = ['check', ...settings, ...words.slice(1), '.'];
  }
  const spec = given() || requirement();
  const tool = command('stage7-plugin', spec);
  if (tool.length > 0) return execute([...tool, ...words]);
  const why = spec
    ? 'install uv or pipx, which can run it'
    : 'neither .stage7-template.json nor .cruft.json has an address and a commit of the template; ' +
      'set CONTRACT_SUITE to a clone, CONTRACT_SUITE=../template, or with its address to ' +
      `CONTRACT_SUITE='stage7-plugin${EXTRAS} @ git+https://github.com/org/template'`;
  const reason = `stage7-plugin is not available: ${why}`;
  if (!optional) fail(`Nothing was done, because ${reason}`);
  const said = `The contract suite did not run: ${reason}`;
  console.log(process.env['GITHUB_ACTIONS'] ? `::warning::${said}` : said);
  return 0;
}

/** The words of CRUFT as a shell reads them; the path of a program needs no quotes. */
function asWords(given: string): string[] {
  const quoted = `Write a path with spaces so: CRUFT="'/a path/python' -m cruft"`;
  const word = /(?:[^\s'"\\]|\\.|'[^']*'|"[^"]*")+/g;
  if (existsSync(given)) return [given];
  if (given.replace(word, '').trim()) fail(`CRUFT=${given} has a quote that is not closed. ${quoted}`);
  const words = (given.match(word) ?? []).map((text) => text.replace(/'([^']*)'|"([^"]*)"|\\(.)/g, '$1$2$3'));
  const program = words[0] ?? '';
  if (program && !isInstalled(program))
    fail(`CRUFT=${given} names no program: ${program} is not there. ${quoted}`);
  return words;
}

function cruft(): string[] {
  const given = process.env['CRUFT'];
  const found = given ? asWords(given) : isInstalled('cruft') ? ['cruft'] : command('cruft', CRUFT);
  return found.length > 0 ? found : fail('cruft is not installed: install uv or pipx, which can run it');
}

/** What git prints, split at NUL. */
const git = (...options: string[]): string[] =>
  spawnSync('git', options, { cwd: ROOT, encoding: 'utf8' }).stdout.split('\0').filter(Boolean);

/** Files of this folder in which an update has left something to decide. */
function conflicts(): string[] {
  const changed = git('diff', '--name-only', '--relative', '-z', 'HEAD');
  const added = git('ls-files', '--others', '--exclude-standard', '-z');
  const unmerged = git('diff', '--name-only', '--relative', '-z', '--diff-filter=U');
  return [...new Set([...changed, ...added, ...unmerged])].sort().filter((name) => {
    const file = new URL(`../${name}`, import.meta.url);
    if (name.endsWith('.rej') || unmerged.includes(name)) return true;
    return existsSync(file) && /^(<{7} |>{7} )/m.test(readFileSync(file, 'utf8'));
  });
}

function update(): number {
  if (!existsSync(new URL('../.cruft.json', import.meta.url)))
    fail('Nothing links this plugin to its template: run make link, and commit .cruft.json.');
  if (git('rev-parse', '--is-shallow-repository').join('').trim() === 'true')
    fail(
      "This clone lacks the history by which git merges your edits with the template's: " +
        'run git fetch --unshallow, then make update again.',
    );
  if (execute([...cruft(), 'update', '--skip-apply-ask']) !== 0)
    fail('The plugin was not updated; cruft says above why.');
  const left = conflicts();
  if (left.length === 0) return 0;
  return fail(
    `You and the template changed the same lines:\n${left.map((name) => `  ${name}`).join('\n')}\n` +
      'Edit what is between <<<<<<< and >>>>>>>. Make the change in a .rej file by hand, and delete that file. ' +
      'Then run make test, and commit.',
  );
}

function link(given: string): number {
  const made = read('.stage7-template.json');
  let address = given || made.template || '';
  const folder = resolve(ROOT, address);
  if (address && statSync(folder, { throwIfNoEntry: false })?.isDirectory()) address = folder;
  else if (!address.includes(':')) {
    const problem = given ? `${given} is neither a folder nor an address` : 'No address is recorded';
    fail(
      `${problem}. Say where the template is: ` +
        'make link TEMPLATE=https://github.com/org/template, or TEMPLATE=../template',
    );
  }
  const options = ['--no-input', '--checkout', made.commit || `v${made.version}`];
  options.push('--extra-context', JSON.stringify(made.answers));
  if (execute([...cruft(), 'link', address, ...options]) !== 0)
    fail(`The plugin was not linked to ${address}; cruft says above why.`);
  console.log("Linked. Commit it: git add .cruft.json && git commit -m 'Link the template'");
  return 0;
}

const [name = '', ...words] = process.argv.slice(2);
if (name === 'update') process.exitCode = update();
else if (name === 'link') process.exitCode = link(words.join(''));
else process.exitCode = suite([name, ...words]);
