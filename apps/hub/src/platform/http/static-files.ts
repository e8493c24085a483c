// The web app: hashed assets are cached for ever, the page itself never; every other address of a browser
// gets the page, whose router takes it from there.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import express, { type NextFunction, type Request, type Response } from 'express';
import { pageBelow, type BasePath } from './base-path.js';

/** Where a checkout and an image have it; the same distance from src and from dist. */
export const defaultWebDir = fileURLToPath(new URL('../../../../web/dist', import.meta.url));

const isServerPath = (url: string): boolean =>
  /^\/(api|socket\.io|daemon\.io|healthz|readyz|metrics)(\/|$)/.test(url);

export type Middleware = (request: Request, response: Response, next: NextFunction) => void;

export function staticFiles(webDir: string, base: BasePath = ''): Middleware {
  const index = path.join(webDir, 'index.html');
  const files = express.static(webDir, {
    index: false,
    redirect: false,
    dotfiles: 'ignore',
    setHeaders(response, file) {
      const hashed = path.relative(webDir, file).startsWith(`assets${path.sep}`);
      response.setHeader('Cache-Control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  return (request, response, next) => {
    const reads = request.method === 'GET' || request.method === 'HEAD';
    if (!reads || isServerPath(request.path)) {
      next();
      return;
    }
    // The file itself has the addresses of a hub without a path.
    const named = base !== '' && request.path === '/index.html';
    const serve = named ? skip : files;
    serve(request, response, (error?: unknown) => {
      const page = error === undefined && (named || wantsPage(request)) && existsSync(index);
      if (!page) {
        next(error);
        return;
      }
      response.setHeader('Cache-Control', 'no-cache');
      if (base !== '') {
        // Without a validator: a page that was cached under another setting must not be called fresh.
        readFile(index, 'utf8').then((text) => response.type('html').send(pageBelow(text, base)), next);
        return;
      }
      response.sendFile(index, (failure?: unknown) => {
        if (failure !== undefined && !response.headersSent) next(failure);
      });
    });
  };
}

const skip: Middleware = (_request, _response, next) => {
  next();
};

/** A missing script must be a 404, not a page. */
const wantsPage = (request: Request): boolean =>
  request.headers.accept !== undefined &&
  request.accepts(['html', 'json']) === 'html' &&
  !request.path.startsWith('/assets/');
