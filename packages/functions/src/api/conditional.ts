import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { ApiEnv } from './caller.ts';
import { isKnown } from './etag.ts';

/** Header by which a caller says which answer it has already. */
export const conditional = z.object({ 'If-None-Match': z.string().optional() });

/** Headers of an answer that a caller may keep, if it asks again each time. */
export const tagged = z.object({ ETag: z.string(), 'Cache-Control': z.string() });

/** Answers JSON with its tag; without a body, 304, where the caller has it already. */
export function conditionally(c: Context<ApiEnv>, etag: string, json: string): Response {
  const headers = { ETag: etag, 'Cache-Control': 'private, no-cache' };
  if (isKnown(etag, c.req.header('If-None-Match'))) return c.body(null, 304, headers);
  return c.body(json, 200, { ...headers, 'Content-Type': 'application/json' });
}
