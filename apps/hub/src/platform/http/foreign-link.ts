// A link to Roundhouse on another site is refused like every request from there, but a person clicked it: they get
// a page with the same link, which then is one of our own.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AppError } from '@roundhouse/protocol';

/** True for a page that a browser opens in a tab because of a link elsewhere. */
export function isForeignLink({ method, headers }: IncomingMessage, refusal: AppError): boolean {
  const opens = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  return refusal.code === 'ORIGIN_FORBIDDEN' && method === 'GET' && opens && headers.origin === undefined;
}

export function sendForeignLinkPage(response: ServerResponse, address: string): void {
  // One slash at the start: two would lead to another host.
  const link = escapeHtml(`/${address.replace(/^[/\\]+/, '')}`);
  const page =
    '<!doctype html><meta charset="utf-8"><title>Roundhouse</title>' +
    `<p>Another site linked here. <a href="${link}" rel="noreferrer">Open Roundhouse</a></p>`;
  response.statusCode = 403;
  response.setHeader('Content-Type', 'text/html; charset=utf-8');
  response.setHeader('Cache-Control', 'no-store');
  response.end(page);
}

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${String(character.charCodeAt(0))};`);
