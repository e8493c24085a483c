// Headers of every answer, refusals included.
import type { RequestHandler } from 'express';
import helmet from 'helmet';
import type { ClientFacts } from './client-facts.js';

/** A year, as preload lists and scanners ask. */
const hstsMaxAgeS = 31_536_000;

const fixed = helmet({
  // Set below, because it names the socket's own origin.
  contentSecurityPolicy: false,
  // Set below: only where the request came over TLS.
  strictTransportSecurity: false,
  referrerPolicy: { policy: 'no-referrer' },
  crossOriginOpenerPolicy: { policy: 'same-origin' },
  crossOriginResourcePolicy: { policy: 'same-origin' },
  xFrameOptions: { action: 'deny' },
});

/**
 * The page's policy. `style-src-elem` allows inline <style> because the terminal emulator makes such elements
 * for its theme and cell size, with changing text and without a nonce, so that neither hash nor nonce can name
 * them; they cannot run code. Style attributes in markup stay forbidden (scripts set styles through the CSSOM).
 */
function contentSecurityPolicy(host: string | undefined, secure: boolean): string {
  // Browsers before 2022 do not count ws: under 'self'. The host is from the allow-list here.
  const socket = host === undefined ? '' : ` ${secure ? 'wss' : 'ws'}://${host}`;
  return [
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
    "style-src-elem 'self' 'unsafe-inline'",
    "style-src-attr 'none'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    `connect-src 'self'${socket}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** @param hostAllowed whether the Host header is one of ours and may stand in the policy */
export function setSecurityHeaders(
  [request, response]: readonly [Parameters<RequestHandler>[0], Parameters<RequestHandler>[1]],
  facts: ClientFacts,
  hostAllowed: boolean,
): void {
  fixed(request, response, () => undefined);
  const host = hostAllowed ? facts.host : undefined;
  response.setHeader('Content-Security-Policy', contentSecurityPolicy(host, facts.secure));
  response.setHeader('Permissions-Policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()');
  if (facts.secure) response.setHeader('Strict-Transport-Security', `max-age=${String(hstsMaxAgeS)}`);
  response.setHeader('X-Request-Id', facts.requestId);
}
