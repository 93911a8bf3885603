import { sha256 } from './keyring.ts';

/** A strong entity tag of what decides an answer's bytes. */
export const etagOf = (text: string): string => `"${sha256(text).toString('base64url')}"`;

/** Whether the caller has this answer already, as If-None-Match says (RFC 9110: a list, compared weakly, or `*`). */
export function isKnown(etag: string, ifNoneMatch: string | undefined): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === '*') return true;
  return ifNoneMatch.match(/"[^"]*"/g)?.some((known) => known === etag) ?? false;
}
