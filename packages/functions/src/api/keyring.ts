import { createHash, timingSafeEqual } from 'node:crypto';
import { isWellFormed, NOT_WELL_FORMED } from '@penumbra/core/well-formed';
import { z } from 'zod';
import { ACCESS, type Principal } from './caller.ts';

/** A key as it is kept: its name, what it may do, and the SHA-256 of it in hexadecimal; never the key itself. */
export const accessKeySchema = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(100)
    .refine(isWellFormed, NOT_WELL_FORMED)
    .describe('Who holds the key; the actor of the commands given with it.'),
  access: z.enum(ACCESS),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'give the SHA-256 of the key, as 64 hexadecimal digits'),
});
export type AccessKey = z.infer<typeof accessKeySchema>;

export const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * Finds whom a key belongs to. SHA-256 and not a slow hash such as scrypt: keys are 256 random bits, which nobody
 * guesses however fast each guess is, and a slow hash on every request would let anybody keep the server busy.
 * Digests of equal length are compared in constant time, all of them, so that time tells nothing about any key.
 */
export function keyring(keys: readonly AccessKey[]): (presented: string) => Principal | undefined {
  const kept = keys.map((key) => ({ ...key, digest: Buffer.from(key.sha256, 'hex') }));
  return (presented) => {
    const digest = sha256(presented);
    const found = kept.filter((key) => timingSafeEqual(key.digest, digest));
    const [first] = found;
    return first && { name: first.name, access: first.access };
  };
}
