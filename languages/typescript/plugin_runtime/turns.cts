/** Turns of connections that send bodies in many small chunks, so that others are served in between.
 *
 *  Each chunk is an event, and Node reads a connection until nothing is left, up to 2 MiB at once. */
import type { Socket } from 'node:net';

const CHUNKS_AT_ONCE = 500; // of a connection, then others have their turn

/** What lets each connection go on that has had its turn. */
const waiting: (() => void)[] = [];

/** Let the next one go on: one read of 64 KiB, and no more if its chunks are small. */
function next(): void {
  waiting.shift()?.();
  if (waiting.length > 0) setImmediate(next);
}

/** Stop reading a connection, even if it is resumed in the meantime. Return a function that continues it.
 *
 *  Reading a request resumes its connection after every chunk. Pausing the request instead would queue what
 *  arrives, at 100 bytes a chunk, and setting `_paused` of the socket would also pause Node's parser, which
 *  then fails. */
function hold(socket: Socket): () => void {
  const { pause, resume } = socket;
  socket.pause();
  let isWanted = true;
  socket.pause = () => {
    isWanted = false;
    return socket;
  };
  socket.resume = () => {
    isWanted = true;
    return socket;
  };
  return () => {
    Object.assign(socket, { pause, resume });
    if (isWanted && !socket.destroyed) socket.resume();
  };
}

/** The turns of one connection. */
class Turns {
  readonly #socket: Socket;
  #chunks = 0;
  #ended = 0; // when it waited last, in ms of `performance.now()`
  #isWaiting = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** When the connection could be read last, in ms of `performance.now()`. */
  get waited(): number {
    return this.#isWaiting ? performance.now() : this.#ended;
  }

  /** Count a chunk; after many the connection waits for its turn. */
  count(): void {
    this.#chunks += 1;
    if (this.#chunks < CHUNKS_AT_ONCE || this.#isWaiting) return;
    this.#isWaiting = true;
    const goOn = hold(this.#socket);
    waiting.push(() => {
      this.#isWaiting = false;
      this.#ended = performance.now();
      this.#chunks = 0;
      goOn();
    });
    if (waiting.length === 1) setImmediate(next);
  }
}

const known = new WeakMap<Socket, Turns>();

/** The turns of a connection, which are the same for all of its requests. */
function turnsOf(socket: Socket): Turns {
  const turns = known.get(socket) ?? new Turns(socket);
  known.set(socket, turns);
  return turns;
}

const api = { CHUNKS_AT_ONCE, turnsOf };

export type { Turns };
export type Api = typeof api;
module.exports = api;
