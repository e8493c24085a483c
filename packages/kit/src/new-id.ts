// Identifiers and secrets from the system's random source; injected wherever a test needs known ones.
import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';

export type NewId = () => string;
export const newId: NewId = () => randomUUID();

/** A secret of 256 bits, as 43 characters of base64url. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

/** How secrets of full entropy are stored: SHA-256, in hex. */
export const hashSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** Compares two hex digests in constant time. */
export function sameDigest(a: string, b: string): boolean {
  const left = Buffer.from(a, 'hex');
  const right = Buffer.from(b, 'hex');
  return left.length === right.length && left.length > 0 && timingSafeEqual(left, right);
}
