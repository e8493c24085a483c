// Puts the session cookie on answers, and finds the one that a request brought.
import type { Request, Response } from 'express';
import type { RequestContext } from '../platform/http/route.js';
import { readSessionCookie, sessionCookie } from './cookie.js';
import { absoluteTtlMs } from './login-session.service.js';

export interface Exchange {
  readonly request: Request;
  readonly response: Response;
  readonly context: RequestContext;
}

export function setSessionCookie({ response, context }: Exchange, secret: string): void {
  const cookie = sessionCookie(secret, context, absoluteTtlMs / 1000);
  response.append('Set-Cookie', cookie);
}

export function clearSessionCookie({ response, context }: Exchange): void {
  response.append('Set-Cookie', sessionCookie('', context, 0));
}

export const presentedSession = ({ request, context }: Exchange): string | null =>
  readSessionCookie(request.headers.cookie, context);
