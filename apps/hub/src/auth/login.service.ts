// Sign-in: throttled by account and address, the same answer and the same time whether the user exists or not.
import { Inject, Injectable } from '@nestjs/common';
import { hashSecret, type Clock } from '@roundhouse/kit';
import { AppError } from '@roundhouse/protocol';
import { AuditService } from '../audit/audit.service.js';
import { CLOCK } from '../platform/tokens.js';
import { toActor, type Actor } from './actor.js';
import { LoginSessionService, type LoginOrigin } from './login-session.service.js';
import { throttleRules } from './login-throttle.js';
import { LoginThrottleRepository } from './login-throttle.repository.js';
import { PasswordHasher } from './password-hasher.js';
import { UserRepository } from './user.repository.js';

export interface LoginResult {
  readonly actor: Actor;
  /** The value of the cookie. */
  readonly secret: string;
}

@Injectable()
export class LoginService {
  constructor(
    @Inject(UserRepository) private readonly users: UserRepository,
    @Inject(PasswordHasher) private readonly hasher: PasswordHasher,
    @Inject(LoginThrottleRepository) private readonly throttle: LoginThrottleRepository,
    @Inject(LoginSessionService) private readonly sessions: LoginSessionService,
    @Inject(AuditService) private readonly audit: AuditService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws AppError LOGIN_FAILED, LOGIN_THROTTLED, RATE_LIMITED */
  async login(username: string, password: string, origin: LoginOrigin): Promise<LoginResult> {
    const name = username.trim().toLowerCase();
    // Hashed: any text may come as a user name, and people type passwords there.
    const keys = { account: `account:${hashSecret(name)}`, address: `address:${origin.ip}` };
    await this.#count(keys, origin);
    const user = await this.users.findByName(name);
    const right = await this.hasher.verify(user?.passwordHash ?? null, password);
    if (!user || !right || user.disabledAt) {
      const subject = user ? { subject: { kind: 'user', id: user.id } } : {};
      await this.audit.record('LOGIN_FAILED', { actor: null, ip: origin.ip, ...subject });
      throw new AppError('LOGIN_FAILED');
    }
    await this.throttle.clear(keys.account);
    await this.throttle.refund(keys.address);
    return this.open(user, origin);
  }

  /** A new session of the user. */
  async open(
    user: { id: string; username: string; role: string },
    origin: LoginOrigin,
  ): Promise<LoginResult> {
    const actorOf = (id: string): Actor => toActor(user, { kind: 'session', id }, null);
    const { secret, id } = await this.sessions.open(user.id, origin, (tx, made) =>
      this.audit.record('LOGIN_SUCCEEDED', { actor: actorOf(made), ip: origin.ip }, tx),
    );
    return { actor: actorOf(id), secret };
  }

  async #count(keys: { account: string; address: string }, origin: LoginOrigin): Promise<void> {
    const now = this.clock.now();
    const address = await this.throttle.count(keys.address, now, throttleRules.address);
    const verdict = address.allowed
      ? await this.throttle.count(keys.account, now, throttleRules.account)
      : address;
    if (verdict.allowed) return;
    await this.audit.record('LOGIN_THROTTLED', { actor: null, ip: origin.ip });
    throw new AppError('LOGIN_THROTTLED', { retryAfterS: verdict.waitMs / 1000 });
  }
}
