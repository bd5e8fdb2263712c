/** The body of a request, as it arrives: within its limits and within the memory budget. */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Share as ShareOf } from './memory.cts';
import type { Turns } from './turns.cts';
import type { Body } from './types.cts';

const { DecodingCost, NoRoom, SMALL, collectGarbage } = require('./memory.cts') as import('./memory.cts').Api;
const { turnsOf } = require('./turns.cts') as import('./turns.cts').Api;

const PATIENCE_MS = 1000; // for which a complete request waits for the memory to decode it
const AGAIN_MS = 20;
const COLLECTED = 4 * 1024 * 1024; // bytes that have arrived, after which their garbage is collected
const BLOCK = 4096; // bytes in which a body in chunks is kept
const CHUNK_LINES = 5; // bytes around the data of a chunk, at least; Node bounds what else they may say
const MOST_FRAMING = 16 * 1024; // bytes by which the lines of chunks may outweigh the data
const OUTWEIGHED = 'The chunks have more line overhead than data.';

/** A body that is refused: its status, and one sentence for the caller. */
class BodyRefused extends Error {
  readonly status: number;

  constructor(status: number, error: string) {
    super(error);
    this.status = status;
  }
}

/** Collects one body; `share` holds what it takes of the memory. */
class BodyReader {
  readonly share: ShareOf;
  #active = performance.now(); // when something came last
  readonly #request: IncomingMessage;
  readonly #most: number;
  readonly #turns: Turns | undefined; // of a body in chunks
  #framing = 0; // bytes by which the lines of chunks outweigh the data
  #refuse: (error: BodyRefused) => void = () => {};
  #isOver = false; // it has failed: what still arrives is skipped, and nothing may be held for it

  constructor(request: IncomingMessage, share: ShareOf, most: number) {
    this.#request = request;
    this.share = share;
    this.#most = most;
    if (request.headers['transfer-encoding'] !== undefined) this.#turns = turnsOf(request.socket);
  }

  /** When something came last or could not come, in ms of `performance.now()`. */
  get active(): number {
    return Math.max(this.#active, this.#turns?.waited ?? 0);
  }

  /** The whole body, in memory of its own if it is large, so that it can be handed to a thread.
   *
   *  Rejects with BodyRefused, or with another error where the client went away. */
  read(): Promise<Body> {
    return new Promise((resolve, reject) => {
      const request = this.#request;
      const tooLarge = `The request's body is too large; PLUGIN_MAX_BODY_BYTES allows ${this.#most}.`;
      const announced = Number(request.headers['content-length'] ?? 0);
      if (announced > this.#most) {
        reject(new BodyRefused(413, tooLarge));
        return;
      }
      const pieces = new Pieces(announced);
      const cost = new DecodingCost();
      const fail = (error: Error): void => {
        this.#isOver = true;
        request.off('data', take);
        pieces.clear();
        reject(error instanceof NoRoom ? new BodyRefused(error.status, error.message) : error);
      };
      const take = (chunk: Buffer): void => {
        this.#active = performance.now();
        this.#turns?.count();
        if (pieces.length + chunk.length > this.#most) {
          fail(new BodyRefused(413, tooLarge));
          return;
        }
        try {
          if (this.#turns !== undefined) this.#weigh(chunk.length);
          pieces.add(chunk);
          if (Math.max(announced, pieces.length) <= SMALL) return;
          cost.add(chunk);
          this.share.hold(pieces.length);
        } catch (error) {
          fail(error as Error);
        }
      };
      this.#refuse = fail;
      request.on('data', take);
      request.on('error', fail);
      const gone = (): void => fail(new Error('the client disconnected'));
      request.on('close', gone);
      request.on('end', () => {
        request.off('close', gone);
        if (this.#isOver) return;
        const body = pieces.joined();
        if (body.length <= SMALL) resolve(body);
        else this.#holdCost(cost.bytes, performance.now() + PATIENCE_MS).then(() => resolve(body), fail);
      });
    });
  }

  /** Give up a request: nothing comes of it while others need its memory, or what comes is not HTTP. */
  giveUp(status: number, error: string): void {
    this.#refuse(new BodyRefused(status, error));
  }

  get socket(): Socket {
    return this.#request.socket;
  }

  /** Whether this is the request that still arrives on a connection. */
  isFrom(socket: Socket): boolean {
    return this.#request.socket === socket && !this.#request.complete;
  }

  /** A chunk of one byte costs as much as one of many. */
  #weigh(data: number): void {
    this.#framing = Math.max(0, this.#framing + CHUNK_LINES - data);
    if (this.#framing > MOST_FRAMING) throw new BodyRefused(400, OUTWEIGHED);
  }

  async #holdCost(bytes: number, until: number): Promise<void> {
    for (;;) {
      if (this.#isOver) throw new Error('the request was abandoned');
      try {
        this.share.hold(bytes);
        return;
      } catch (error) {
        if (!(error instanceof NoRoom)) throw error;
        const waits = error.status === 429 && performance.now() < until && !isOneWaiting;
        if (!waits) throw new BodyRefused(error.status, error.message);
        isOneWaiting = true;
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
        isOneWaiting = false;
      }
    }
  }
}

/** Only one request at a time waits for memory: if all waited for each other's, none would proceed. */
let isOneWaiting = false;

/** Bytes of all bodies since their garbage was collected last. */
let uncollected = 0;

/** The pieces of a body. A large one's are copied at once: to their place where the length is known, because
 *  memory that is not written to yet takes none, else into blocks: a chunk of one byte takes 100 in a list. */
class Pieces {
  length = 0;
  #whole: Uint8Array | undefined;
  readonly #pieces: Buffer[] = [];
  readonly #isInChunks: boolean;

  constructor(announced: number) {
    this.#isInChunks = announced === 0;
    this.#whole = announced > SMALL ? new Uint8Array(announced) : undefined;
  }

  add(chunk: Buffer): void {
    if (this.#whole !== undefined) this.#whole.set(chunk, this.length);
    else if (this.#isInChunks) this.#fill(chunk);
    else this.#pieces.push(chunk);
    this.length += chunk.length;
    uncollected += chunk.length;
    if (uncollected > COLLECTED) {
      uncollected = 0;
      collectGarbage('minor');
    }
  }

  #fill(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; ) {
      const place = (this.length + at) % BLOCK;
      if (place === 0) this.#pieces.push(Buffer.allocUnsafeSlow(BLOCK));
      const piece = chunk.subarray(at, at + BLOCK - place);
      this.#pieces.at(-1)?.set(piece, place);
      at += piece.length;
    }
  }

  /** Drop them: the request, and its listeners with it, may live on for a while after a refusal. */
  clear(): void {
    if (this.#isInChunks) this.#pieces.forEach(free);
    this.#pieces.length = 0;
    this.#whole = undefined;
  }

  /** The body: a small one as text, a large one in memory of its own. */
  joined(): Body {
    if (this.#whole !== undefined) return this.#whole;
    if (this.length <= SMALL)
      return this.#pieces
        .map((piece) => piece.toString('latin1'))
        .join('')
        .slice(0, this.length);
    const body = new Uint8Array(this.length);
    let at = 0;
    for (const piece of this.#pieces) {
      body.set(piece.subarray(0, this.length - at), at);
      at += piece.length;
      if (this.#isInChunks) free(piece);
    }
    this.#pieces.length = 0;
    return body;
  }
}

/** Give a block back now: it has outlived the collections of young garbage. */
function free(block: Buffer): void {
  (block.buffer as ArrayBuffer).transfer(0);
}

const api = { BodyReader, BodyRefused };

export type { BodyReader };
export type Api = typeof api;
module.exports = api;
