/** Starts the plugin.
 *
 *      node server.cts              serve until SIGTERM
 *      node server.cts --compile    only load everything, so that Node keeps it compiled
 *
 *  The server is CommonJS: to load the first ES module costs Node 20 ms, which only the threads that
 *  load the author's module need to pay. */

// As process 1 of a container a process ignores SIGTERM unless it has a handler.
process.on('SIGTERM', () => process.exit(0));

const { compile, run } =
  require('./plugin_runtime/service.cts') as import('./plugin_runtime/service.cts').Api;

if (process.argv.includes('--compile')) compile();
else run();
