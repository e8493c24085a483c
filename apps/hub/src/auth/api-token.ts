// The text of an API token: `rh_<id>_<secret><crc>`. The checksum tells a mistyped token, and lets secret
// scanners recognise one. Pure.
import { crc32 } from 'node:zlib';
import { newSecret } from '@roundhouse/kit';

export interface ApiTokenText {
  /** Id of the token's row. */
  readonly id: string;
  /** 256 bits, base64url; its SHA-256 is what is kept. */
  readonly secret: string;
}

const pattern = /^rh_([0-9a-f]{32})_([A-Za-z0-9_-]{43})([0-9a-f]{8})$/;

const checksum = (text: string): string => crc32(text).toString(16).padStart(8, '0');

function formatApiToken({ id, secret }: ApiTokenText): string {
  const body = `rh_${id.replaceAll('-', '')}_${secret}`;
  return `${body}${checksum(body)}`;
}

export const newApiToken = (id: string): { secret: string; text: string } => {
  const secret = newSecret();
  return { secret, text: formatApiToken({ id, secret }) };
};

/** Null when the text is no API token, or one with a wrong character. */
export function parseApiToken(text: string): ApiTokenText | null {
  const [, hex, secret, crc] = pattern.exec(text) ?? [];
  if (hex === undefined || secret === undefined || crc !== checksum(text.slice(0, -8))) return null;
  return { id: hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'), secret };
}
