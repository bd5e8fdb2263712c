/** What a request asks for, and requests that are refused although Node takes them. */
import type { IncomingMessage } from 'node:http';
import type { Response } from './responses.cts';

const { failure } = require('./responses.cts') as import('./responses.cts').Api;

const MOST_FIELDS = 200;
// Node checks the others.
const ONLY_ONCE = ['content-type', 'host', 'expect', 'authorization', 'proxy-authorization'];
const TARGET = /^(?:http:\/\/[\w.:-]+)?\/(?:[!-$&-~]|%[0-9A-Fa-f]{2})*$/;
const HOST = /^[!$%&'()*+,\-.:;=[\]_~0-9A-Za-z]*$/;

const isTarget = (url: string): boolean => TARGET.test(url);

const refusedTarget = (): Response => failure(400, 'The request line must be like GET /health HTTP/1.1.');

/** The path without its query, and with one slash in front. */
function pathOf(url: string): string {
  const path = url.replace(/^http:\/\/[^/?#]*/i, '').split('?', 1)[0] ?? '';
  return path.replace(/^\/*/, '/');
}

function hasBodyUpTo(request: IncomingMessage, most: number): boolean {
  const { 'content-length': length = '0', 'transfer-encoding': coding } = request.headers;
  return coding !== undefined || (Number(length) > 0 && Number(length) <= most);
}

/** The refusal of what Node accepts, but two servers could read differently. */
function refusalOf(request: IncomingMessage): Response | undefined {
  if (request.rawHeaders.length / 2 > MOST_FIELDS)
    return failure(431, `The request's header has more than ${MOST_FIELDS} lines.`);
  const { httpVersion: version, url = '' } = request;
  if ((version !== '1.1' && version !== '1.0') || !isTarget(url)) return refusedTarget();
  if (version === '1.1' && request.headers.host === undefined)
    return failure(400, 'An HTTP/1.1 request needs a line such as Host: example.');
  const twice = repeatedIn(request.rawHeaders);
  if (twice !== undefined) return failure(400, `The header ${twice} may come only once.`);
  if (!HOST.test(request.headers.host ?? ''))
    return failure(400, 'The header host must be a name, such as Host: example.');
  const coding = request.headers['transfer-encoding'];
  if (coding !== undefined && coding.toLowerCase() !== 'chunked')
    return failure(400, 'The only supported Transfer-Encoding is chunked.');
  if (coding !== undefined && version === '1.0')
    return failure(400, 'Transfer-Encoding requires HTTP/1.1 and no Content-Length.');
  return undefined;
}

/** The first of ONLY_ONCE that comes more than once. */
function repeatedIn(rawHeaders: string[]): string | undefined {
  const seen: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] as string).toLowerCase();
    if (!ONLY_ONCE.includes(name)) continue;
    if (seen.includes(name)) return name;
    seen.push(name);
  }
  return undefined;
}

const api = { hasBodyUpTo, isTarget, pathOf, refusalOf, refusedTarget };

export type Api = typeof api;
module.exports = api;
