// The path of another site below which the hub is served: which ones it may be, and how it goes from what comes in.
import type { IncomingMessage, Server } from 'node:http';

/** `''`, or `/roundhouse`: without a slash at its end. */
export type BasePath = string;

/** Plain, so that it means the same in a page, a cookie, a shell, and behind each proxy. */
const plain = /^(\/[A-Za-z0-9._~-]+)*$/;
/** Where the hub's own addresses begin: a proxy that removes such a path would leave another. */
const own = /^\/(api|assets|socket\.io|daemon\.io|healthz|readyz|metrics|boot\.js)(\/|$)/i;

/** The path of an address; null when the hub cannot be below it. */
export function basePathOf({ pathname }: URL): BasePath | null {
  const path = pathname.replace(/\/+$/, '');
  return plain.test(path) && !own.test(path) ? path : null;
}

/** `/roundhouse/api?x` is `/api?x`; what is not below the path stays. */
export function belowBase(url: string, base: BasePath): string {
  if (!url.startsWith(base)) return url;
  const rest = url.slice(base.length);
  if (rest.startsWith('/')) return rest;
  return rest === '' || rest.startsWith('?') ? `/${rest}` : url;
}

/** From here on a proxy may hand the path on, or have removed it. */
export function removeBase(server: Server, base: BasePath): void {
  if (base === '') return;
  const remove = (request: IncomingMessage): void => {
    request.url = belowBase(request.url ?? '/', base);
  };
  server.prependListener('request', remove).prependListener('upgrade', remove);
}

/** The addresses in the built page begin at the root of the site; the app reads `data-base`. */
export const pageBelow = (page: string, base: BasePath): string =>
  page
    .replaceAll(/(\s(?:src|href)=")\/(?!\/)/g, `$1${base}/`)
    .replace('<html ', `<html data-base="${base}" `);
