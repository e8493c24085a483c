// A join token: one-time, 30 minutes, shown once. It also carries what the daemon needs to know the hub by.
import { AppError } from './errors.js';

export interface JoinToken {
  /** Id of the token's row. */
  readonly id: string;
  /** 256 bits, base64url; its SHA-256 is what the hub keeps. */
  readonly secret: string;
  /** SHA-256 of the hub's public key (SPKI), base64url. */
  readonly hubKey: string;
  /** SHA-256 of the hub's own CA certificate, base64url; null unless TLS is self-signed. */
  readonly ca: string | null;
}

export const joinTokenTtlMs = 30 * 60_000;

const pattern = /^rhj_([0-9a-f]{32})\.([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{43})(?:\.([A-Za-z0-9_-]{43}))?$/;

export function formatJoinToken({ id, secret, hubKey, ca }: JoinToken): string {
  const parts = [id.replaceAll('-', ''), secret, hubKey, ...(ca === null ? [] : [ca])];
  return `rhj_${parts.join('.')}`;
}

/** @throws AppError JOIN_TOKEN_INVALID when the text has not the form of a join token. */
export function parseJoinToken(text: string): JoinToken {
  const match = pattern.exec(text.trim());
  const [, hex, secret, hubKey, ca] = match ?? [];
  if (hex === undefined || secret === undefined || hubKey === undefined) {
    throw new AppError('JOIN_TOKEN_INVALID', { message: 'That is not a join token: copy the whole of it' });
  }
  const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return { id, secret, hubKey, ca: ca ?? null };
}
