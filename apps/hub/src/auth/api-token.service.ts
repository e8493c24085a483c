// API tokens of users: made by a person who is signed in, shown once, found by their hash.
import { Inject, Injectable } from '@nestjs/common';
import { hashSecret, sameDigest, type Clock, type NewId } from '@roundhouse/kit';
import {
  AppError,
  permissions,
  roleMay,
  tokenIdSchema,
  type ApiToken,
  type Permission,
} from '@roundhouse/protocol';
import { z } from 'zod';
import { AuditService } from '../audit/audit.service.js';
import { EventBus } from '../platform/event-bus/event-bus.js';
import { CLOCK, NEW_ID } from '../platform/tokens.js';
import { toActor, type Actor, type Credential } from './actor.js';
import { ApiTokenRepository, type ApiTokenRow } from './api-token.repository.js';
import { newApiToken, parseApiToken } from './api-token.js';

const dayMs = 86_400_000;
const defaultDays = 90;
/** How stale `lastUsedAt` may be. */
const touchEveryMs = 60_000;
const scopesSchema = z.array(z.enum(permissions));

export interface TokenRequest {
  readonly name: string;
  readonly scopes?: readonly Permission[] | undefined;
  readonly expiresInDays?: number | undefined;
}

@Injectable()
export class ApiTokenService {
  constructor(
    @Inject(ApiTokenRepository) private readonly tokens: ApiTokenRepository,
    @Inject(AuditService) private readonly audit: AuditService,
    @Inject(EventBus) private readonly bus: EventBus,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(NEW_ID) private readonly newId: NewId,
  ) {}

  /** @throws AppError FORBIDDEN for a token, VALIDATION_FAILED for a scope beyond the role */
  async create(request: TokenRequest, actor: Actor, ip: string) {
    if (actor.via.kind !== 'session') {
      throw new AppError('FORBIDDEN', {
        message: 'An API token cannot make API tokens',
        hint: 'Sign in for that.',
      });
    }
    const scopes = [...new Set(request.scopes ?? [])];
    requireOwnScopes(scopes, actor);
    const id = tokenIdSchema.parse(this.newId());
    const { secret, text } = newApiToken(id);
    const now = this.clock.now();
    const row = {
      id,
      name: request.name,
      secretHash: hashSecret(secret),
      userId: actor.userId,
      scopes,
      createdAt: new Date(now),
      expiresAt: new Date(now + (request.expiresInDays ?? defaultDays) * dayMs),
    };
    await this.tokens.transaction(async (tx) => {
      await this.tokens.insert(row, tx);
      const details = { name: request.name, scopes };
      await this.audit.record('TOKEN_CREATED', { actor, ip, subject: { kind: 'token', id }, details }, tx);
    });
    return { id, token: text };
  }

  async list(actor: Actor): Promise<ApiToken[]> {
    const rows = await this.tokens.listOf(actor.userId, new Date(this.clock.now()));
    return rows.map(toApiToken);
  }

  /** @throws AppError NOT_FOUND */
  async revoke(id: string, actor: Actor, ip: string): Promise<void> {
    await this.tokens.transaction(async (tx) => {
      const which = { id, userId: actor.userId, now: new Date(this.clock.now()) };
      if (!(await this.tokens.revoke(which, tx)))
        throw new AppError('NOT_FOUND', { message: 'You have no such API token' });
      await this.audit.record('TOKEN_REVOKED', { actor, ip, subject: { kind: 'token', id } }, tx);
    });
    this.bus.emit('credential.revoked', { kind: 'token', id });
  }

  async byText(text: string): Promise<Credential | null> {
    const parsed = parseApiToken(text);
    if (!parsed) return null;
    const row = await this.tokens.find(parsed.id);
    if (!row || !sameDigest(row.secretHash, hashSecret(parsed.secret))) return null;
    return this.#use(row, true);
  }

  /** The state of a token now. @param used whether this counts as use of it */
  async byId(id: string, used: boolean): Promise<Credential | null> {
    const row = await this.tokens.find(id);
    return row && this.#use(row, used);
  }

  async #use(row: ApiTokenRow, used: boolean): Promise<Credential | null> {
    const now = this.clock.now();
    const validUntil = row.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY;
    if (row.revokedAt || row.user.disabledAt || now >= validUntil) return null;
    if (used && now - (row.lastUsedAt?.getTime() ?? 0) >= touchEveryMs)
      await this.tokens.touch(row.id, new Date(now));
    const scopes = row.scopes.length === 0 ? null : scopesSchema.parse(row.scopes);
    return { actor: toActor(row.user, { kind: 'token', id: row.id }, scopes), validUntil };
  }
}

function requireOwnScopes(scopes: readonly Permission[], actor: Actor): void {
  const beyond = scopes.filter((scope) => !roleMay(actor.role, scope));
  if (beyond.length === 0) return;
  throw new AppError('VALIDATION_FAILED', {
    message: `A token cannot have scopes that you do not have: ${beyond.join(', ')}`,
    fields: [
      { field: 'scopes', message: `${beyond.join(', ')} cannot be granted by the role ${actor.role}` },
    ],
  });
}

const toApiToken = (row: ApiTokenRow): ApiToken => ({
  id: tokenIdSchema.parse(row.id),
  name: row.name,
  scopes: scopesSchema.parse(row.scopes),
  createdAt: row.createdAt.toISOString(),
  expiresAt: (row.expiresAt ?? row.createdAt).toISOString(),
  lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
});
