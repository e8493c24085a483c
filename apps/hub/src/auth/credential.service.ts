// Finds out who calls, by cookie or API token; for requests and for sockets.
import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '@roundhouse/protocol';
import type { Actor, Credential } from './actor.js';
import { ApiTokenService } from './api-token.service.js';
import { readSessionCookie, type CookiePlace } from './cookie.js';
import { LoginSessionService } from './login-session.service.js';

export interface PresentedCredentials {
  /** Header `Cookie`. */
  readonly cookie: string | undefined;
  /** Header `Authorization`. */
  readonly authorization: string | undefined;
  /** Where the cookie was set. */
  readonly place: CookiePlace;
}

@Injectable()
export class CredentialService {
  constructor(
    @Inject(LoginSessionService) private readonly sessions: LoginSessionService,
    @Inject(ApiTokenService) private readonly tokens: ApiTokenService,
  ) {}

  /** Null without a credential. @throws AppError UNAUTHENTICATED when one was sent that does not count */
  async authenticate(presented: PresentedCredentials): Promise<Actor | null> {
    const { authorization, place, cookie } = presented;
    if (authorization !== undefined) {
      const bearer = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
      if (bearer === undefined) {
        throw new AppError('UNAUTHENTICATED', { message: 'Authorization must be: Bearer rh_…' });
      }
      return (await this.byToken(bearer)).actor;
    }
    const secret = readSessionCookie(cookie, place);
    return secret === null ? null : (await this.byCookieSecret(secret)).actor;
  }

  /** @throws AppError UNAUTHENTICATED */
  async byToken(text: string): Promise<Credential> {
    return valid(await this.tokens.byText(text), 'The API token is not valid: revoked, expired or mistyped');
  }

  /** @throws AppError UNAUTHENTICATED */
  async byCookieSecret(secret: string): Promise<Credential> {
    return valid(await this.sessions.bySecret(secret), 'Your session has ended');
  }

  /** Looks again at a credential that was accepted before; null when it counts no more. */
  recheck(via: Actor['via'], used: boolean): Promise<Credential | null> {
    return via.kind === 'session' ? this.sessions.byId(via.id, used) : this.tokens.byId(via.id, used);
  }
}

function valid(credential: Credential | null, message: string): Credential {
  if (!credential) throw new AppError('UNAUTHENTICATED', { message });
  return credential;
}
