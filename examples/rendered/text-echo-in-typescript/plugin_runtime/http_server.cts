/** HTTP: requests in, answers out, and clients that are slow or many.
 *
 *  The main thread does nothing but this, so health does not wait for an execution. */
import type { IncomingMessage, Server as NodeServer, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { App } from './app.cts';
import type { BodyReader as BodyReaderOf } from './body.cts';
import type { Connections as ConnectionsOf } from './connections.cts';
import type { Room } from './descriptors.cts';
import type { Log } from './logs.cts';
import type { Budget } from './memory.cts';
import type { Response } from './responses.cts';
import type { Settings } from './settings.cts';
import type { Body } from './types.cts';

const http = require('node:http') as typeof import('node:http');

const { BodyReader, BodyRefused } = require('./body.cts') as import('./body.cts').Api;
const { Connections, LINGER_MS } = require('./connections.cts') as import('./connections.cts').Api;
const { describe, stackOf } = require('./hints.cts') as import('./hints.cts').Api;
const { NoRoom, Share } = require('./memory.cts') as import('./memory.cts').Api;
const { hasBodyUpTo, isTarget, pathOf, refusalOf, refusedTarget } =
  require('./request.cts') as import('./request.cts').Api;
const { asBytes, failure } = require('./responses.cts') as import('./responses.cts').Api;

const COPIED = 65536; // bytes of an answer up to which it is not counted
const STALLED_MS = 1000; // without a byte; then it makes room for others where memory is short
const STALLED = 'No data came for a second, and other requests need the memory; try again.';

const STOPPING = 'The plugin is stopping.';
const NO_HTTP = 'The request is not valid HTTP.';

type Parts = {
  app: App;
  settings: Settings;
  budget: Budget;
  room: Room;
  log: Log;
  started: Promise<void>;
};

class Server {
  readonly #parts: Parts;
  readonly #server: NodeServer;
  readonly #reading = new Set<BodyReaderOf>();
  readonly connections: ConnectionsOf;

  constructor(parts: Parts) {
    this.#parts = parts;
    const { settings } = parts;
    this.connections = new Connections(settings.maxConnections, parts.room);
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
    this.#server.on('connection', (socket: Socket) => this.connections.accept(socket, this.#reading));
    // A client that has sent everything, and says so, still waits for its answers.
    Object.assign(this.#server, { httpAllowHalfOpen: true });
    this.#server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) =>
      this.#refuseBytes(error, socket),
    );
    this.#server.on('connect', (request: IncomingMessage, socket: Socket) => {
      socket.on('error', () => {}); // Node has let go of it
      const { url = '' } = request;
      const answer = isTarget(url) ? parts.app.page('CONNECT', pathOf(url)) : refusedTarget();
      this.connections.endWith(socket, asBytes(answer));
    });
    this.#server.on('request', (request, response) => void this.#attend(request, response, false));
    this.#server.on('checkContinue', (request, response) => void this.#attend(request, response, true));
    this.#server.on('checkExpectation', (request, response) => {
      this.connections.begin(request.socket, response);
      this.#send(request, response, failure(417, 'The only supported Expect is 100-continue.'));
    });
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

  /** Take what has arrived by now, then refuse those that are still sending a request.
   *
   *  New clients are told that the plugin is stopping. */
  async stop(): Promise<void> {
    await this.connections.arrived();
    this.#server.closeIdleConnections();
    for (const reader of this.#reading) reader.giveUp(503, STOPPING);
    this.connections.endWaiting(asBytes(failure(503, STOPPING)));
  }

  async #attend(request: IncomingMessage, response: ServerResponse, isWaiting: boolean): Promise<void> {
    const before = this.connections.begin(request.socket, response);
    if (before !== undefined) {
      // Sent ahead: one after another, or a single client would take every slot.
      request.socket.pause();
      await new Promise((resolve) => before.once('close', () => setImmediate(resolve)));
      if (this.connections.requestsOn(request.socket) < 2) request.socket.resume();
    }
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
      if (isWaiting && hasBodyUpTo(request, settings.maxBodyBytes)) response.writeContinue();
      body = await whole;
    } catch (error) {
      share.release();
      if (request.socket.destroyed) return; // the client went away
      if (!(error instanceof BodyRefused)) throw error;
      // Of a whole request it is the answer to an execution, which is counted and logged.
      const isExecution = request.complete && app.isExecution(method, path);
      const { status, message } = error;
      this.#send(
        request,
        response,
        isExecution ? app.refuse(status, message, request.headers['traceparent']) : failure(status, message),
      );
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
        const why = `The answer has ${size} bytes; too little memory is free.`;
        made = failure(error.status === 413 ? 500 : 503, why);
        size = Buffer.byteLength(made.body);
      }
    }
    const isEarly = !request.complete;
    const headers: OutgoingHttpHeaders = {
      'Content-Type': made.type,
      'Content-Length': size,
      ...made.headers,
    };
    if (isEarly || app.plugin.stopping) {
      headers['Connection'] = 'close';
      this.connections.takeNoMoreFrom(request.socket);
    }
    response.writeHead(made.status, headers);
    if (isEarly) response.write(made.body);
    else response.end(made.body);
    if (isEarly || request.socket.writableLength > 0) {
      const slow = setTimeout(() => request.socket.destroy(), settings.answerSeconds * 1000);
      // Node emits it after so long in which the client has taken nothing.
      if (share.size > 0)
        response.setTimeout(STALLED_MS, () => {
          if (budget.isShort) request.socket.destroy();
          else request.socket.setTimeout(STALLED_MS);
        });
      response.once('close', () => {
        clearTimeout(slow);
        share.release();
      });
    } else share.release();
    if (!isEarly) return;
    const end = (): void => {
      clearTimeout(linger);
      response.end();
    };
    const linger = setTimeout(end, LINGER_MS);
    for (const event of ['end', 'close']) request.once(event, end);
    // Chunks are not even parsed any more: each would be an event.
    if (request.headers['transfer-encoding'] !== undefined)
      request.socket.removeAllListeners('data').on('data', () => {});
    request.resume();
  }

  /** Answer what is not HTTP, or came too slowly. */
  #refuseBytes(error: NodeJS.ErrnoException, socket: Socket): void {
    const { code } = error;
    const isOver = !socket.writable || code === 'ECONNRESET' || code === 'ERR_HTTP_REQUEST_TIMEOUT';
    if (isOver) socket.destroy();
    if (isOver || code === 'HPE_CLOSED_CONNECTION') return; // behind the request that it called its last
    const most = this.#parts.settings.maxHeaderBytes;
    const body = [...this.#reading].find((reader) => reader.isFrom(socket));
    if (body !== undefined) body.giveUp(400, NO_HTTP);
    else if (code === 'HPE_INVALID_EOF_STATE') this.connections.endWith(socket, '');
    else if (code === 'HPE_HEADER_OVERFLOW') {
      const why = `The request's header is too large; PLUGIN_MAX_HEADER_BYTES allows ${most}.`;
      this.connections.endWith(socket, asBytes(failure(431, why)));
    } else this.connections.endWith(socket, asBytes(failure(400, NO_HTTP)));
  }

  #refuseTheStalled(): void {
    if (!this.#parts.budget.isShort) return;
    const latest = performance.now() - STALLED_MS;
    for (const reader of this.#reading)
      if (reader.share.size > 0 && reader.active < latest) reader.giveUp(429, STALLED);
  }
}

const api = { Server };

export type { Server };
export type Api = typeof api;
module.exports = api;
