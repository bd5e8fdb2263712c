/** What a process has to do for itself in a container. */

const fs = require('node:fs') as typeof import('node:fs');

const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
const TEMPORARY = '/tmp'; // the one folder that is writable under a read-only root

/** Make the host's environment, which it injects, work in this container.
 *
 *  Programs of the image are found whatever the host's PATH is. HOME is often /root there, which the
 *  user of the image may not even list, and libraries keep caches in it. */
function adoptEnvironment(environment: NodeJS.ProcessEnv): void {
  const given = (environment['PATH'] ?? '').split(':').filter(Boolean);
  environment['PATH'] = [...new Set([...given, ...SYSTEM_FOLDERS])].join(':');
  try {
    fs.accessSync(environment['HOME'] ?? '', fs.constants.W_OK | fs.constants.X_OK);
  } catch {
    environment['HOME'] = TEMPORARY;
  }
}

const api = { adoptEnvironment };
export type Api = typeof api;
module.exports = api;
