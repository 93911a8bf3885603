import { extname } from 'node:path';
import type { Api } from '@penumbra/functions/api/app';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

/** Scripts, styles and data from this origin only; index.html says the same for other hosts of the page. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The API with the page at its root: `files` by their path. Everything that is no file of the page is the API's. */
export function withPage(api: Api, files: ReadonlyMap<string, Uint8Array>): Api {
  return {
    fetch: async (request, caller) => {
      const { pathname } = new URL(request.url);
      const path = pathname === '/' ? '/index.html' : pathname;
      const bytes = files.get(path);
      if (!bytes || (request.method !== 'GET' && request.method !== 'HEAD'))
        return api.fetch(request, caller);
      return new Response(request.method === 'HEAD' ? null : new Uint8Array(bytes), {
        headers: {
          'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream',
          'Content-Security-Policy': POLICY,
          'X-Content-Type-Options': 'nosniff',
          'Referrer-Policy': 'no-referrer',
          'Cache-Control': 'no-cache',
        },
      });
    },
  };
}
