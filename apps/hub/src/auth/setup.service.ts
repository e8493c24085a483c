// The first run: a one-time link by which the first administrator is made, and the gate until that is done.
import path from 'node:path';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { hashSecret, newSecret, type Cancel, type Clock, type Logger, type NewId } from '@roundhouse/kit';
import { AppError } from '@roundhouse/protocol';
import { AuditService } from '../audit/audit.service.js';
import type { HubConfig } from '../config.js';
import { mayPass } from '../platform/database/database-errors.js';
import { HubAddress } from '../platform/http/hub-address.js';
import { CLOCK, CONFIG, LOGGER, NEW_ID } from '../platform/tokens.js';
import { toActor } from './actor.js';
import type { LoginOrigin } from './login-session.service.js';
import { LoginService, type LoginResult } from './login.service.js';
import { PasswordHasher } from './password-hasher.js';
import { requireGoodPassword } from './password-rules.js';
import { removeSecret, writeSecret } from './secret-file.js';
import { UserRepository } from './user.repository.js';

const setupTokenTtlMs = 60 * 60_000;
/** While the database is away. */
const renewRetryMs = 5_000;

export interface SetupRequest {
  readonly token: string;
  readonly username: string;
  readonly password: string;
}

@Injectable()
export class SetupService implements OnModuleDestroy {
  readonly #linkFile: string;
  #done = false;
  #link: string | null = null;
  #cancel: Cancel = () => undefined;
  #closed = false;
  #onLink: (link: string) => void = () => undefined;

  constructor(
    @Inject(UserRepository) private readonly users: UserRepository,
    @Inject(PasswordHasher) private readonly hasher: PasswordHasher,
    @Inject(LoginService) private readonly logins: LoginService,
    @Inject(AuditService) private readonly audit: AuditService,
    @Inject(HubAddress) private readonly address: HubAddress,
    @Inject(CONFIG) config: HubConfig,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(NEW_ID) private readonly newId: NewId,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.#linkFile = path.join(config.stateDir, 'setup-link');
  }

  /** The link that works now; null when setup is done or not begun. */
  get link(): string | null {
    return this.#link;
  }

  /** @throws AppError SETUP_REQUIRED, DB_UNAVAILABLE */
  async require(): Promise<void> {
    if (await this.isRequired()) throw new AppError('SETUP_REQUIRED');
  }

  /** @throws AppError DB_UNAVAILABLE */
  async isRequired(): Promise<boolean> {
    // Users are never all removed, so "done" stays.
    this.#done ||= await this.users.anyExists();
    return !this.#done;
  }

  /** Shows a link now and again whenever it lapses, until there is a user. */
  async begin(onLink: (link: string) => void): Promise<void> {
    this.#onLink = onLink;
    try {
      await this.#renew();
    } catch (error) {
      if (!mayPass(error)) throw error;
      this.#renewAfter(renewRetryMs);
    }
  }

  onModuleDestroy(): void {
    this.#closed = true;
    this.#cancel();
  }

  /** Makes the first administrator and signs them in. @throws AppError SETUP_DONE, SETUP_TOKEN_INVALID, PASSWORD_WEAK */
  async complete(request: SetupRequest, origin: LoginOrigin): Promise<LoginResult> {
    if (!(await this.isRequired())) throw new AppError('SETUP_DONE');
    const tokenHash = hashSecret(request.token);
    const now = new Date(this.clock.now());
    if (!(await this.users.isSetupTokenValid(tokenHash, now))) throw new AppError('SETUP_TOKEN_INVALID');
    requireGoodPassword(request.password, request.username);
    const username = request.username.toLowerCase();
    const id = this.newId();
    const passwordHash = await this.hasher.hash(request.password);
    const user = { id, username, role: 'admin' };
    const result = await this.users.createFirstAdmin({ id, username, passwordHash, tokenHash, now }, (tx) => {
      const actor = toActor(user, { kind: 'session', id: this.newId() }, null);
      return this.audit.record('SETUP_COMPLETED', { actor, ip: origin.ip }, tx);
    });
    if (result === 'token') throw new AppError('SETUP_TOKEN_INVALID');
    if (result === 'done') throw new AppError('SETUP_DONE');
    await this.#finish();
    return this.logins.open(user, origin);
  }

  async #finish(): Promise<void> {
    this.#done = true;
    this.#link = null;
    this.#cancel();
    await removeSecret(this.#linkFile);
  }

  async #renew(): Promise<void> {
    if (this.#closed) return;
    if (!(await this.isRequired())) {
      await this.#finish();
      return;
    }
    const token = newSecret();
    const now = this.clock.now();
    await this.users.replaceSetupToken(hashSecret(token), new Date(now), new Date(now + setupTokenTtlMs));
    const link = `${this.address.publicUrl}/setup#token=${token}`;
    await writeSecret(this.#linkFile, `${link}\n`);
    this.#link = link;
    this.#renewAfter(setupTokenTtlMs);
    this.#onLink(link);
  }

  #renewAfter(ms: number): void {
    this.#cancel();
    if (this.#closed) return;
    this.#cancel = this.clock.after(ms, () => {
      void this.#renew().catch((error: unknown) => {
        this.logger.warn({ err: error }, 'no new setup link yet');
        this.#renewAfter(renewRetryMs);
      });
    });
  }
}
