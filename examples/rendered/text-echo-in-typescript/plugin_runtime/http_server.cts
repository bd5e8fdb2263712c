/** HTTP: requests in, answers out, and clients that are slow or many.
 *
 *  The main thread does nothing but this, so health does not wait for an execution. */
import type { IncomingMessage, Server as NodeServer, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { App } from './app.cts';
import type { BodyReader as BodyReaderOf } from './body.cts';
import type { Log } from './logs.cts';
import type { Budget } from './memory.cts';
import type { Response } from './responses.cts';
import type { Settings } from './settings.cts';
import type { Body } from './types.cts';

const http = require('node:http') as typeof import('node:http');

const { BodyReader, BodyRefused } = require('./body.cts') as import('./body.cts').Api;
const { describe, stackOf } = require('./hints.cts') as import('./hints.cts').Api;
const { NoRoom, Share } = require('./memory.cts') as import('./memory.cts').Api;
const { failure } = require('./responses.cts') as import('./responses.cts').Api;

const COPIED = 65536; // bytes of an answer up to which it is not counted
const MOST_FIELDS = 200;
const LINGER_MS = 2000; // how long a client may go on sending after an early answer
const STALLED_MS = 1000; // without a byte; then it makes room for others where memory is short
const STALLED = 'Nothing came for a second, and other requests need the memory; try again.';
const SLOW_MS = 2000; // after SIGTERM, for clients to read their answers

type Parts = { app: App; settings: Settings; budget: Budget; log: Log; started: Promise<void> };

class Server {
  readonly #parts: Parts;
  readonly #server: NodeServer;
  readonly #sockets = new Map<Socket, { busy: number }>();
  readonly #reading = new Set<BodyReaderOf>();
  /** Requests whose answer is not completely taken. */
  #unanswered = 0;
  #onIdle: () => void = () => {};

  constructor(parts: Parts) {
    this.#parts = parts;
    const { settings } = parts;
    this.#server = http.createServer({
      maxHeaderSize: settings.maxHeaderBytes,
      requestTimeout: settings.requestSeconds * 1000,
      headersTimeout: settings.requestSeconds * 1000,
      keepAliveTimeout: settings.idleSeconds * 1000,
      connectionsCheckingInterval: 1000,
      requireHostHeader: false,
      noDelay: true,
    });
    this.#server.maxHeadersCount = 0; // counted here, because Node drops those beyond its limit
    this.#server.on('connection', (socket: Socket) => this.#accept(socket));
    this.#server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) =>
      refuseBytes(error, socket),
    );
    this.#server.on('request', (request, response) => void this.#attend(request, response, false));
    this.#server.on('checkContinue', (request, response) => void this.#attend(request, response, true));
    this.#server.on('checkExpectation', (request, response) => void this.#attend(request, response, false));
    setInterval(() => this.#refuseTheStalled(), 1000).unref();
  }

  /** Listen; on a socket that was handed over if `fd` is its descriptor. */
  listen(fd: number | undefined): Promise<string> {
    const { host, port } = this.#parts.settings;
    const where = fd === undefined ? { host, port, backlog: 1024, ipv6Only: false } : { fd };
    return new Promise((resolve, reject) => {
      this.#server.once('error', (error) =>
        reject(new Error(`cannot listen on PLUGIN_HOST='${host}' PLUGIN_PORT='${port}': ${error.message}`)),
      );
      this.#server.listen(where, () => {
        const address = this.#server.address();
        resolve(
          address !== null && typeof address === 'object'
            ? `${address.address}:${address.port}`
            : String(address),
        );
      });
    });
  }

  /** Accept no further clients, and refuse those that are still sending a request. */
  stop(): void {
    this.#server.close();
    for (const reader of this.#reading) reader.giveUp(503, 'The plugin is stopping.');
  }

  /** Wait until every answer is taken. */
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

  #accept(socket: Socket): void {
    const most = this.#parts.settings.maxConnections;
    if (this.#sockets.size >= most) {
      const idle = [...this.#sockets].filter(([, { busy }]) => busy === 0);
      if (idle.length >= most) idle[0]?.[0].destroy(); // idle for longest: a used one moves to the end
    }
    this.#sockets.set(socket, { busy: 0 });
    socket.once('close', () => this.#sockets.delete(socket));
  }

  #begin(socket: Socket, response: ServerResponse): void {
    const known = this.#sockets.get(socket);
    if (known !== undefined) known.busy += 1;
    this.#unanswered += 1;
    response.once('close', () => {
      this.#unanswered -= 1;
      if (known !== undefined) {
        known.busy -= 1;
        if (this.#sockets.delete(socket)) this.#sockets.set(socket, known);
      }
      if (this.#unanswered === 0) this.#onIdle();
    });
  }

  async #attend(request: IncomingMessage, response: ServerResponse, isWaiting: boolean): Promise<void> {
    this.#begin(request.socket, response);
    try {
      await this.#answer(request, response, isWaiting);
    } catch (error) {
      if (request.socket.destroyed) return;
      this.#parts.log.error(`no answer: ${describe(error)}`, { exception: stackOf(error) });
      this.#send(request, response, failure(500, 'The answer could not be made; see the log.'));
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse, isWaiting: boolean): Promise<void> {
    const { app, settings, budget } = this.#parts;
    const method = request.method ?? 'GET';
    const path = pathOf(request.url ?? '/');
    const refused = refusalOf(request);
    if (refused !== undefined) {
      this.#send(request, response, refused);
      return;
    }
    const share = new Share(budget);
    const reader = new BodyReader(request, share, settings.maxBodyBytes);
    let body: Body;
    this.#reading.add(reader);
    try {
      const whole = reader.read();
      if (isWaiting && !tooLong(request, settings.maxBodyBytes)) response.writeContinue();
      body = await whole;
    } catch (error) {
      share.release();
      if (request.socket.destroyed) return; // the client went away
      if (!(error instanceof BodyRefused)) throw error;
      this.#send(request, response, failure(error.status, error.message));
      return;
    } finally {
      this.#reading.delete(reader);
    }
    if (path !== '/health/live') await this.#parts.started;
    if (!app.isExecution(method, path)) {
      share.release();
      this.#send(request, response, app.page(method, path));
      return;
    }
    app.execute(
      body,
      request.headers as Record<string, string>,
      (answer) => this.#send(request, response, answer),
      () => share.release(),
    );
  }

  /** Write an answer. One that comes before the request's end is written at once, and what the
   *  client still sends is skipped for a while: closing at once would show it a reset. */
  #send(request: IncomingMessage, response: ServerResponse, answer: Response): void {
    if (response.headersSent || response.destroyed) return;
    const { app, budget, settings } = this.#parts;
    let made = answer;
    let size = Buffer.byteLength(made.body);
    const share = new Share(budget);
    if (size > COPIED) {
      try {
        share.hold(size);
      } catch (error) {
        if (!(error instanceof NoRoom)) throw error;
        made = failure(503, `The answer has ${size} bytes; there is no memory for it.`);
        size = Buffer.byteLength(made.body);
      }
    }
    const isEarly = !request.complete;
    const headers: OutgoingHttpHeaders = {
      'Content-Type': made.type,
      'Content-Length': size,
      ...made.headers,
    };
    if (isEarly || app.plugin.stopping) headers['Connection'] = 'close';
    response.writeHead(made.status, headers);
    const slow = setTimeout(() => request.socket.destroy(), settings.answerSeconds * 1000);
    response.once('close', () => {
      clearTimeout(slow);
      share.release();
    });
    if (!isEarly) {
      response.end(made.body);
      return;
    }
    response.write(made.body);
    const end = (): void => {
      clearTimeout(linger);
      response.end();
    };
    const linger = setTimeout(end, LINGER_MS);
    request.once('end', end);
    request.once('close', end);
    request.resume();
  }

  #refuseTheStalled(): void {
    if (!this.#parts.budget.isShort) return;
    const latest = performance.now() - STALLED_MS;
    for (const reader of this.#reading)
      if (reader.share.size > 0 && reader.active < latest) reader.giveUp(429, STALLED);
  }
}

/** The path without its query, and with one slash in front. */
function pathOf(url: string): string {
  const path = url.replace(/^http:\/\/[^/?#]*/i, '').split('?', 1)[0] ?? '';
  return path.replace(/^\/*/, '/');
}

const tooLong = (request: IncomingMessage, most: number): boolean =>
  Number(request.headers['content-length'] ?? 0) > most;

/** The refusal of what Node accepts, but two servers could read differently. */
function refusalOf(request: IncomingMessage): Response | undefined {
  if (request.rawHeaders.length / 2 > MOST_FIELDS)
    return failure(431, `The request's header has over ${MOST_FIELDS} lines.`);
  if (request.httpVersion !== '1.0' && request.headers.host === undefined)
    return failure(400, 'A request of HTTP/1.1 needs a line such as Host: example.');
  for (const name of ['content-type', 'host']) {
    const times = request.rawHeaders.filter(
      (field, index) => index % 2 === 0 && field.toLowerCase() === name,
    );
    if (times.length > 1) return failure(400, `The header ${name} may come only once.`);
  }
  const coding = request.headers['transfer-encoding'];
  if (coding !== undefined && coding.toLowerCase() !== 'chunked')
    return failure(400, 'The only Transfer-Encoding that is supported is chunked.');
  return undefined;
}

/** Answer what is not HTTP, or came too slowly. */
function refuseBytes(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET' || error.code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    socket.destroy();
    return;
  }
  const large = error.code === 'HPE_HEADER_OVERFLOW';
  const status = large ? '431 Request Header Fields Too Large' : '400 Bad Request';
  const why = large ? "The request's header is too large." : 'The request is not valid HTTP.';
  const body = JSON.stringify({ success: false, error: why });
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n` +
      `Connection: close\r\n\r\n${body}`,
  );
  socket.resume();
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}

const api = { Server };

export type { Server };
export type Api = typeof api;
module.exports = api;
