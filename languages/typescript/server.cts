/** Starts the plugin.
 *
 *      node server.cts              serve until SIGTERM
 *      node server.cts --compile    make what starts quickly of all this; with NODE_COMPILE_CACHE=.cache
 *
 *  The server is CommonJS: to load the first ES module costs Node 20 ms, which only the threads that
 *  load the author's module need to pay. */

// As process 1 of a container a process ignores SIGTERM unless it has a handler.
process.on('SIGTERM', () => process.exit(0));

const { existsSync } = require('node:fs') as typeof import('node:fs');
const { join } = require('node:path') as typeof import('node:path');

type Service = import('./plugin_runtime/service.cts').Api;

const BUNDLES = ['service', 'worker'];
const CACHE = join(__dirname, '.cache');
const SERVICE = join(CACHE, 'service.cjs');

if (process.argv.includes('--compile')) {
  const { bundle } = require('./plugin_runtime/bundle.cts') as import('./plugin_runtime/bundle.cts').Api;
  for (const name of BUNDLES) bundle(`${name}.cts`, join(CACHE, `${name}.cjs`));
  (require(SERVICE) as Service).compile();
} else {
  // Only an image has both; on an author's machine the bundle may be older than the code.
  const isImage = process.env['NODE_COMPILE_CACHE'] !== undefined && existsSync(SERVICE);
  const service = require(isImage ? SERVICE : './plugin_runtime/service.cts') as Service;
  service.run();
}
