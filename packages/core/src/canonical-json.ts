import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import canonicalize from 'canonicalize';

/** The one text of a value: JSON as RFC 8785 has it, so that the same data has the same bytes and the same hash. */
export function canonicalJson(value: object): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('a value without a JSON form has no canonical one');
  return text;
}

/** SHA-256 of the canonical JSON's UTF-8 bytes, in lower-case hexadecimals. */
export function canonicalSha256(value: object): string {
  return bytesToHex(sha256(utf8ToBytes(canonicalJson(value))));
}
