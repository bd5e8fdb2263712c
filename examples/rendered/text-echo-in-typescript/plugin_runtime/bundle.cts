/** Puts all modules of a thread into one file, while the image is built.
 *
 *  Node takes longer to find, read and check thirty small files than to run them. */

const { readFileSync, writeFileSync } = require('node:fs') as typeof import('node:fs');
const { stripTypeScriptTypes } = require('node:module') as typeof import('node:module');
const { join } = require('node:path') as typeof import('node:path');

const OWN = /require\('\.\/(\w+\.cts)'\)/g;

/** Loads a module of the bundle, or one of Node's. */
const LOADER = `
const loaded = {};
const load = (name) => {
  const own = name.startsWith('./') ? name.slice(2) : '';
  if (own === '') return require(name);
  if (loaded[own] === undefined) {
    loaded[own] = { exports: {} };
    modules[own](loaded[own], load);
  }
  return loaded[own].exports;
};
`;

/** Write a module, and all that it requires, to one CommonJS file. */
function bundle(entry: string, target: string): void {
  const modules = new Map<string, string>();
  process.emitWarning = () => {}; // it warns that stripTypeScriptTypes is experimental
  const add = (name: string): void => {
    if (modules.has(name)) return;
    const source = stripTypeScriptTypes(readFileSync(join(__dirname, name), 'utf8'));
    modules.set(name, source);
    for (const [, other = ''] of source.matchAll(OWN)) add(other);
  };
  add(entry);
  // A function in parentheses is compiled with its file, so that Node keeps it compiled too.
  const functions = [...modules].map(
    ([name, source]) => `'${name}': (function (module, require) {${source}\n}),\n`,
  );
  writeFileSync(
    target,
    `const modules = {\n${functions.join('')}};\n${LOADER}module.exports = load('./${entry}');\n`,
  );
}

const api = { bundle };
export type Api = typeof api;
module.exports = api;
