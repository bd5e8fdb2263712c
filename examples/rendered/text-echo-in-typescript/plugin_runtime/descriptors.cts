/** How many connections and threads the file descriptors allow. Node.js accepts every connection, and
 *  closes it at once if no descriptor is left, so the server has to keep some free. */

const { readFileSync, readdirSync } = require('node:fs') as typeof import('node:fs');

const FEWEST = 4; // connections, however few files the process may open
const OF_A_THREAD = 5; // descriptors that Node.js opens for it

/** Connections, those among them that may wait for their end, and threads. */
type Room = { connections: number; refused: number; threads: number };

/** Divide the descriptors that are left: half for connections, a quarter for those that are refused, a
 *  quarter for threads beside the first one and for what the plugin opens. */
function roomInDescriptors(): Room {
  let left = Number.POSITIVE_INFINITY;
  try {
    const most = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    if (most !== undefined) left = Number(most) - readdirSync('/proc/self/fd').length;
  } catch {
    // not Linux
  }
  const refused = Math.floor(left / 4);
  return {
    connections: Math.max(FEWEST, 2 * refused),
    refused,
    threads: 1 + Math.floor(refused / OF_A_THREAD),
  };
}

const api = { roomInDescriptors };

export type { Room };
export type Api = typeof api;
module.exports = api;
