/** Advice for exceptions that mean the image lacks something. */

const { basename, extname } = require('node:path') as typeof import('node:path');

const BUILD = 'and build the image again';
const PACKAGE = /Cannot find (?:package|module) '([^']+)'/;

/** Type and text of whatever was thrown, even of something whose `toString` throws. */
function describe(error: unknown): string {
  try {
    return error instanceof Error
      ? `${error.name}: ${error.message}`
      : `${typeof error} thrown: ${String(error)}`;
  } catch {
    return 'something without text was thrown';
  }
}

/** As `describe`, and what to do about it where the image lacks something. */
function explain(error: unknown): string {
  const advice = adviceOn(error);
  const said = `${describe(error)}${causeOf(error)}`;
  return advice ? `${said}; ${advice}` : said;
}

/** What an error says that led to it, such as the address that `fetch failed` does not name. */
function causeOf(error: unknown): string {
  try {
    const { cause } = error as Error;
    if (!(error instanceof Error) || !(cause instanceof Error)) return '';
    const [first = cause] = cause instanceof AggregateError && !cause.message ? cause.errors : [];
    return ` (caused by ${describe(first)})`;
  } catch {
    return '';
  }
}

/** The stack of whatever was thrown, with what led to it. */
function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return describe(error);
  try {
    const cause = error.cause === undefined ? '' : `\nCaused by: ${stackOf(error.cause)}`;
    return `${error.stack ?? describe(error)}${cause}`;
  } catch {
    return describe(error);
  }
}

function adviceOn(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const { code, syscall, path } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ERR_MODULE_NOT_FOUND':
    case 'MODULE_NOT_FOUND': {
      const name = PACKAGE.exec(error.message)?.[1] ?? '';
      if (/^[./]/.test(name) && extname(name) === '')
        return `an import names the file with its extension, such as ./${basename(name)}.ts`;
      if (!name || /^[./]/.test(name)) return '';
      return `add the package ${name} to "dependencies" in package.json, run make lock, ${BUILD}`;
    }
    case 'EROFS':
      return 'in the container only /tmp, which is also the home folder, is writable';
    case 'EACCES':
    case 'EPERM':
      if (syscall === 'open' || syscall === 'mkdir' || syscall === 'unlink' || syscall === 'rename')
        return 'in the container only /tmp, which is also the home folder, is writable';
      return '';
    case 'ENOSPC':
      return (
        'under make up, Compose and Kubernetes /tmp holds a quarter of container.resources.memory, ' +
        'and /dev/shm 64 MiB'
      );
    case 'ENOENT':
      if (!syscall?.startsWith('spawn') || !path || path.includes('/')) return '';
      return `add the Debian package that has the program ${path} to system-packages.txt, ${BUILD}`;
    case 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX':
      return 'Node only removes types: write no enum, namespace or parameter property';
    default:
      return '';
  }
}

const api = { describe, explain, stackOf };
export type Api = typeof api;
module.exports = api;
