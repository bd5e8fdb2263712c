/** The body of a request, as it arrives: within its limits and within the memory budget. */
import type { IncomingMessage } from 'node:http';
import type { Share as ShareOf } from './memory.cts';
import type { Body } from './types.cts';

const { DecodingCost, NoRoom, SMALL, collectGarbage } = require('./memory.cts') as import('./memory.cts').Api;

const PATIENCE_MS = 1000; // for which a complete request waits for the memory to decode it
const AGAIN_MS = 20;
const COLLECTED = 4 * 1024 * 1024; // bytes that have arrived, after which their garbage is collected

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
  /** When something came last, in ms of `performance.now()`. */
  active = performance.now();
  readonly share: ShareOf;
  readonly #request: IncomingMessage;
  readonly #most: number;
  #refuse: (error: BodyRefused) => void = () => {};
  #isOver = false; // it has failed: what still arrives is skipped, and nothing may be held for it

  constructor(request: IncomingMessage, share: ShareOf, most: number) {
    this.#request = request;
    this.share = share;
    this.#most = most;
  }

  /** The whole body, in memory of its own if it is large, so that it can be handed to a thread.
   *
   *  Rejects with BodyRefused, or with another error where the client went away. */
  read(): Promise<Body> {
    return new Promise((resolve, reject) => {
      const request = this.#request;
      const tooLarge = `The request's body has more than ${this.#most} bytes.`;
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
        this.active = performance.now();
        if (pieces.length + chunk.length > this.#most) {
          fail(new BodyRefused(413, tooLarge));
          return;
        }
        try {
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
      request.once('error', fail);
      const gone = (): void => fail(new Error('the client went away'));
      request.once('close', gone);
      request.once('end', () => {
        request.off('close', gone);
        if (this.#isOver) return;
        const body = pieces.joined();
        if (body.length <= SMALL) resolve(body);
        else this.#holdCost(cost.bytes, performance.now() + PATIENCE_MS).then(() => resolve(body), fail);
      });
    });
  }

  /** Refuse a request that has stalled while others need its memory, or that comes too late. */
  giveUp(status: number, error: string): void {
    this.#refuse(new BodyRefused(status, error));
  }

  async #holdCost(bytes: number, until: number): Promise<void> {
    for (;;) {
      if (this.#isOver) throw new Error('the request was given up');
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

/** The pieces of a body. Where its length is known, they are copied to their place at once: memory that
 *  is not written to yet takes none. */
class Pieces {
  length = 0;
  #whole: Uint8Array | undefined;
  readonly #chunks: Buffer[] = [];

  constructor(announced: number) {
    this.#whole = announced > SMALL ? new Uint8Array(announced) : undefined;
  }

  add(chunk: Buffer): void {
    if (this.#whole === undefined) this.#chunks.push(chunk);
    else this.#whole.set(chunk, this.length);
    this.length += chunk.length;
    uncollected += chunk.length;
    if (uncollected > COLLECTED) {
      uncollected = 0;
      collectGarbage('minor');
    }
  }

  /** Drop them: the request, and its listeners with it, may live on for a while after a refusal. */
  clear(): void {
    this.#chunks.length = 0;
    this.#whole = undefined;
  }

  /** The body: a small one as text, a large one in memory of its own. */
  joined(): Body {
    if (this.#whole !== undefined) return this.#whole;
    if (this.length <= SMALL) return this.#chunks.map((chunk) => chunk.toString('latin1')).join('');
    const body = new Uint8Array(this.length);
    let at = 0;
    for (const chunk of this.#chunks) {
      body.set(chunk, at);
      at += chunk.length;
    }
    this.clear();
    return body;
  }
}

const api = { BodyReader, BodyRefused };

export type { BodyReader };
export type Api = typeof api;
module.exports = api;
