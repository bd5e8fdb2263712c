/** The open connections: which of them wait for an answer, which are idle, and how they end. */
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Room } from './descriptors.cts';

const { asBytes, failure } = require('./responses.cts') as import('./responses.cts').Api;

const LINGER_MS = 2000; // how long a client may go on sending after its last answer
const ARRIVED_MS = 1000; // after SIGTERM, for what arrived before it
const QUIET_TURNS = 3; // of the event loop, in which nothing new was found
const SLOW_MS = 2000; // after SIGTERM, for clients to read their answers
const NO_ROOM = 'There is no file descriptor left for another connection; try again.';

/** A client: its requests without an answer, the latest one's answer, and what follows on the last one. */
type Client = { busy: number; latest: ServerResponse | undefined; last: string | undefined };

class Connections {
  readonly #most: number;
  readonly #room: Room;
  /** Idle for longest first: one that was used moves to the end. */
  readonly #clients = new Map<Socket, Client>();
  /** Those that were refused for lack of room, and have not closed yet. */
  readonly #refused = new Set<Socket>();
  /** Connections and requests so far. */
  #seen = 0;
  /** Answers that clients have not read to the end. */
  #unanswered = 0;
  #onIdle: () => void = () => {};

  /** From `most` connections on, idle ones make room for new ones. */
  constructor(most: number, room: Room) {
    this.#most = most;
    this.#room = room;
  }

  /** Add a connection; one that still sends one of the requests of `reading` counts as idle. */
  accept(socket: Socket, reading: Iterable<{ socket: Socket }>): void {
    this.#seen += 1;
    const { connections, refused } = this.#room;
    const isFull = this.#clients.size >= connections;
    if (isFull || this.#clients.size >= this.#most) {
      const sending = new Set([...reading].map((reader) => reader.socket));
      const idle = [...this.#clients].filter(([one, { busy }]) => busy === 0 || sending.has(one));
      const [oldest] = idle;
      if (oldest !== undefined && (isFull || idle.length >= this.#most)) this.#sendAway(...oldest);
    }
    if (this.#clients.size + this.#refused.size >= connections + refused) {
      const [told = socket] = this.#refused;
      told.destroy();
      if (told === socket) return;
      this.#refused.delete(told);
    }
    this.#clients.set(socket, { busy: 0, latest: undefined, last: undefined });
    socket.once('close', () => this.#clients.delete(socket));
  }

  /** Close a connection; one that has not sent a request yet is about to, and gets an answer. */
  #sendAway(socket: Socket, { latest, last }: Client): void {
    this.#clients.delete(socket);
    if (latest !== undefined || last !== undefined) {
      socket.destroy();
      return;
    }
    this.#refused.add(socket);
    socket.once('close', () => this.#refused.delete(socket));
    socket.removeAllListeners('data').on('data', () => {});
    socket.end(asBytes(failure(503, NO_ROOM)));
    setTimeout(() => socket.destroy(), LINGER_MS).unref();
  }

  /** Count a request; returns the answer that has to be taken before its turn comes. */
  begin(socket: Socket, response: ServerResponse): ServerResponse | undefined {
    this.#seen += 1;
    const known = this.#clients.get(socket);
    const before = known !== undefined && known.busy > 0 ? known.latest : undefined;
    if (known !== undefined) {
      known.busy += 1;
      known.latest = response;
    }
    this.#unanswered += 1;
    // First of all: Node closes the connection at the end of an answer where the client sends no more.
    response.prependListener('finish', () => {
      if (known?.last !== undefined && known.busy === 1) socket.end(known.last);
    });
    response.on('close', () => {
      if (known !== undefined) {
        known.busy -= 1;
        if (this.#clients.delete(socket)) this.#clients.set(socket, known);
      }
      this.#taken();
    });
    return before;
  }

  #taken(): void {
    this.#unanswered -= 1;
    if (this.#unanswered === 0) this.#onIdle();
  }

  /** Requests of a connection without an answer. */
  requestsOn(socket: Socket): number {
    return this.#clients.get(socket)?.busy ?? 0;
  }

  /** Close a connection after the answers to the requests that it has sent by now. */
  takeNoMoreFrom(socket: Socket): void {
    const known = this.#clients.get(socket);
    if (known !== undefined) known.last ??= '';
  }

  /** Send the last bytes of a connection, after the answers to what came before. */
  endWith(socket: Socket, last: string): void {
    const known = this.#clients.get(socket);
    if (known === undefined || known.last !== undefined) return;
    known.last = last;
    if (known.busy > 0) return;
    this.#unanswered += 1;
    socket.once('close', () => this.#taken());
    socket.end(last);
    socket.resume();
    setTimeout(() => socket.destroy(), LINGER_MS).unref();
  }

  /** Send `last` to those that have sent a part of a request. Others may have connected only now: they are
   *  answered, and do not hold the end. */
  endWaiting(last: string): void {
    for (const [socket, { busy }] of this.#clients)
      if (busy === 0 && socket.bytesRead > 0 && !socket.destroyed) this.endWith(socket, last);
  }

  /** Wait until all that has arrived is found, at most ARRIVED_MS: Node accepts one connection a turn. */
  async arrived(): Promise<void> {
    const until = performance.now() + ARRIVED_MS;
    let seen = -1;
    for (let quiet = 0; quiet < QUIET_TURNS && performance.now() < until; quiet += 1) {
      if (seen !== this.#seen) quiet = 0;
      seen = this.#seen;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Wait until clients have read every answer. */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#onIdle = resolve;
      if (this.#unanswered === 0) resolve();
    });
  }

  /** As `idle`, but at most SLOW_MS. */
  idleSoon(): Promise<unknown> {
    return Promise.race([this.idle(), new Promise((resolve) => setTimeout(resolve, SLOW_MS))]);
  }
}

const api = { Connections, LINGER_MS };

export type { Connections };
export type Api = typeof api;
module.exports = api;
