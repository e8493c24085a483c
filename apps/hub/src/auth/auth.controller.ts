// REST of setup, sign-in and sign-out.
import { Controller, Inject } from '@nestjs/common';
import { AppError, rolePermissions, routes, type Me } from '@roundhouse/protocol';
import { AuditService } from '../audit/audit.service.js';
import { Handle, Parsed, signedIn, type Call } from '../platform/http/route.js';
import type { Actor } from './actor.js';
import { LoginSessionService } from './login-session.service.js';
import { LoginService } from './login.service.js';
import { refusal } from './policy.js';
import { clearSessionCookie, presentedSession, setSessionCookie, type Exchange } from './session-cookies.js';
import { SetupService } from './setup.service.js';

const { auth } = routes;

@Controller()
export class AuthController {
  constructor(
    @Inject(SetupService) private readonly setups: SetupService,
    @Inject(LoginService) private readonly logins: LoginService,
    @Inject(LoginSessionService) private readonly sessions: LoginSessionService,
    @Inject(AuditService) private readonly audit: AuditService,
  ) {}

  @Handle(auth.setup)
  async setup(@Parsed() call: Call<typeof auth.setup>): Promise<Me> {
    const { actor, secret } = await this.setups.complete(call.body, originOf(call));
    setSessionCookie(call, secret);
    return toMe(actor);
  }

  @Handle(auth.setupStatus)
  async setupStatus() {
    return { required: await this.setups.isRequired() };
  }

  /** The session that the browser had before ends: its id must not survive a sign-in. */
  @Handle(auth.login)
  async login(@Parsed() call: Call<typeof auth.login>): Promise<Me> {
    const before = presentedSession(call);
    const { actor, secret } = await this.logins.login(call.body.username, call.body.password, originOf(call));
    if (before !== null) await this.#endPresented(before, call.context.ip);
    setSessionCookie(call, secret);
    return toMe(actor);
  }

  @Handle(auth.logout)
  async logout(@Parsed() call: Call<typeof auth.logout>): Promise<Record<string, never>> {
    const actor = signedIn(call);
    if (actor.via.kind !== 'session') {
      throw new AppError('FORBIDDEN', {
        message: 'An API token has no session',
        hint: 'Revoke the token instead.',
      });
    }
    await this.#end(actor, call.context.ip);
    clearSessionCookie(call);
    return {};
  }

  @Handle(auth.me)
  me(@Parsed() call: Call<typeof auth.me>): Me {
    return toMe(signedIn(call));
  }

  async #endPresented(secret: string, ip: string): Promise<void> {
    const credential = await this.sessions.bySecret(secret);
    if (credential) await this.#end(credential.actor, ip);
  }

  #end(actor: Actor, ip: string): Promise<void> {
    return this.sessions.revoke(actor.via.id, (tx) => this.audit.record('LOGOUT', { actor, ip }, tx));
  }
}

const originOf = ({ context, request }: Exchange) => ({
  ip: context.ip,
  userAgent: request.headers['user-agent'],
});

const toMe = (actor: Actor): Me => ({
  id: actor.userId,
  username: actor.username,
  role: actor.role,
  permissions: rolePermissions[actor.role].filter((permission) => refusal(actor, permission) === null),
});
