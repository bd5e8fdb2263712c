/** What an HTTP answer is made of. */
import type { Fields } from './types.cts';

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

const api = { JSON_TYPE, failure, json };

export type { Response };
export type Api = typeof api;
module.exports = api;
