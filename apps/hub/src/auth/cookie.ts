// The session cookie: its name, its flags, and how it is read back. Pure.

export interface CookiePlace {
  readonly secure: boolean;
  /** The path below which the hub is served; empty: it has the host to itself. */
  readonly basePath: string;
}

/**
 * Under TLS the browser itself guards the prefixes: `__Host-` means Secure, this host only, path /. Below a path only
 * `__Secure-` can be had.
 */
function cookieName({ secure, basePath }: CookiePlace): string {
  const prefix = basePath === '' ? '__Host-' : '__Secure-';
  return `${secure ? prefix : ''}roundhouse_session`;
}

export const sessionCookie = (value: string, place: CookiePlace, maxAgeS: number): string =>
  [
    `${cookieName(place)}=${value}`,
    `Path=${place.basePath || '/'}`,
    `Max-Age=${String(maxAgeS)}`,
    'HttpOnly',
    'SameSite=Strict',
    ...(place.secure ? ['Secure'] : []),
  ].join('; ');

/** The secret in a Cookie header; null when there is none of ours. */
export function readSessionCookie(header: string | undefined, place: CookiePlace): string | null {
  const wanted = `${cookieName(place)}=`;
  for (const part of (header ?? '').split(';')) {
    const pair = part.trim();
    if (pair.startsWith(wanted)) return pair.slice(wanted.length) || null;
  }
  return null;
}
