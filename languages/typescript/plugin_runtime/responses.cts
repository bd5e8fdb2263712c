/** What an HTTP answer is made of. */
import type { Fields } from './types.cts';

const { STATUS_CODES } = require('node:http') as typeof import('node:http');

const JSON_TYPE = 'application/json';

type Response = { status: number; body: Uint8Array | string; type: string; headers: Record<string, string> };

function json(status: number, document: Fields, headers: Record<string, string> = {}): Response {
  return { status, body: JSON.stringify(document), type: JSON_TYPE, headers };
}

/** The answer to whatever did not succeed. */
function failure(
  status: number,
  error: string,
  headers: Record<string, string> = {},
  traceId = '',
): Response {
  const again: Record<string, string> = status === 429 || status === 503 ? { 'Retry-After': '1' } : {};
  return json(
    status,
    { success: false, error, ...(traceId && { trace_id: traceId }) },
    { ...again, ...headers },
  );
}

/** An answer as it is sent where Node has none to fill in. */
function asBytes({ status, type, body, headers }: Response): string {
  const length = Buffer.byteLength(body);
  const fields = { 'Content-Type': type, 'Content-Length': length, ...headers, Connection: 'close' };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`;
}

const api = { JSON_TYPE, asBytes, failure, json };

export type { Response };
export type Api = typeof api;
module.exports = api;
