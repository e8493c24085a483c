// The session cookie: its name, its flags, and how it is read back. Pure.

/** Under TLS the browser itself guards the `__Host-` prefix: Secure, this host only, path /. */
const cookieName = (secure: boolean): string => `${secure ? '__Host-' : ''}roundhouse_session`;

export interface CookieOptions {
  readonly secure: boolean;
  readonly maxAgeS: number;
}

export const sessionCookie = (value: string, { secure, maxAgeS }: CookieOptions): string =>
  [
    `${cookieName(secure)}=${value}`,
    'Path=/',
    `Max-Age=${String(maxAgeS)}`,
    'HttpOnly',
    'SameSite=Strict',
    ...(secure ? ['Secure'] : []),
  ].join('; ');

/** The secret in a Cookie header; null when there is none of ours. */
export function readSessionCookie(header: string | undefined, secure: boolean): string | null {
  const wanted = `${cookieName(secure)}=`;
  for (const part of (header ?? '').split(';')) {
    const pair = part.trim();
    if (pair.startsWith(wanted)) return pair.slice(wanted.length) || null;
  }
  return null;
}
