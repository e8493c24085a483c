// What every HTTP request passes before a handler sees it, in this order: security headers, Host, Origin,
// method, static files, setup, body. Sign-in and permission follow in the guard.
import type { Logger } from '@roundhouse/kit';
import { AppError } from '@roundhouse/protocol';
import type { NextFunction, Request, Response } from 'express';
import { readClient, type TrustedProxies } from './client-facts.js';
import { isForeignLink, sendForeignLinkPage } from './foreign-link.js';
import type { HubAddress } from './hub-address.js';
import { readJsonBody } from './json-body.js';
import { mayCall, ownOrigin } from './may-call.js';
import { sendProblem } from './problem.js';
import type { RoundhouseRequest } from './route.js';
import { setSecurityHeaders } from './security-headers.js';
import type { Middleware } from './static-files.js';

export interface FrontDoorOptions {
  readonly address: HubAddress;
  readonly proxies: TrustedProxies;
  readonly files: Middleware;
  /** @throws AppError SETUP_REQUIRED, DB_UNAVAILABLE */
  readonly requireSetup: () => Promise<void>;
  readonly logger: Logger;
}

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']);

export function frontDoor(options: FrontDoorOptions): Middleware {
  return (request: RoundhouseRequest, response: Response, next: NextFunction) => {
    const facts = readClient(request, options.proxies);
    const { requestId, ip, secure } = facts;
    const { rules, basePath } = options.address;
    request.roundhouse = { requestId, ip, secure, basePath, actor: null };
    const fail = (error: unknown): void => {
      sendProblem(response, error, {
        requestId,
        method: facts.method,
        logger: options.logger,
      });
    };
    logRequest(request, response, options.logger);
    setSecurityHeaders([request, response], facts, ownOrigin(facts, rules) !== null);
    const refusal = mayCall(facts, rules) ?? methodRefusal(facts.method);
    if (refusal) {
      // The rest of the body is not read, so the connection cannot be used again.
      response.setHeader('Connection', 'close');
      if (isForeignLink(request, refusal)) sendForeignLinkPage(response, `${basePath}${request.originalUrl}`);
      else fail(refusal);
      return;
    }
    options.files(request, response, (error?: unknown) => {
      if (error !== undefined) {
        fail(isFileError(error) ? new AppError('NOT_FOUND', { cause: error }) : error);
        return;
      }
      beforeHandler(request, response, options).then(() => {
        next();
      }, fail);
    });
  };
}

/** One line for each answer, when a person asks for it; never the query, which may hold what is nobody's business. */
function logRequest(request: RoundhouseRequest, response: Response, logger: Logger): void {
  if (!logger.isLevelEnabled('debug')) return;
  const begun = performance.now();
  const { method, path } = request;
  response.once('finish', () => {
    const ms = Math.round(performance.now() - begun);
    const requestId = request.roundhouse?.requestId;
    logger.debug({ requestId, method, path, status: response.statusCode, ms }, 'answered');
  });
}

async function beforeHandler(request: Request, response: Response, options: FrontDoorOptions): Promise<void> {
  const isApi = request.path === '/api' || request.path.startsWith('/api/');
  if (isApi) response.setHeader('Cache-Control', 'no-store');
  if (isApi && request.path !== '/api/v1/setup') await options.requireSetup();
  await readJsonBody(request, response);
}

const methodRefusal = (method: string): AppError | null =>
  methods.has(method) ? null : new AppError('METHOD_NOT_ALLOWED');

/** express.static reports malformed and forbidden paths as HTTP errors of its own. */
const isFileError = (error: unknown): boolean =>
  error instanceof Error && 'status' in error && typeof error.status === 'number' && error.status < 500;
