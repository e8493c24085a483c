// Records who did what. Append-only; there is no way here to change or remove a record.
import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@roundhouse/kit';
import type { Actor } from '../auth/actor.js';
import { CLOCK } from '../platform/tokens.js';
import type { AuditCode } from './audit-codes.js';
import { AuditRepository, type AuditDetail, type AuditTransaction } from './audit.repository.js';

export interface AuditFacts {
  /** Null when nobody was signed in: the hub itself, a daemon, or an anonymous caller. */
  readonly actor: Actor | null;
  readonly ip?: string;
  readonly subject?: { readonly kind: string; readonly id: string };
  /** Never secrets: they are stored as they are. */
  readonly details?: Readonly<Record<string, AuditDetail>>;
}

@Injectable()
export class AuditService {
  constructor(
    @Inject(AuditRepository) private readonly repository: AuditRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Nothing happens that cannot be recorded: it comes in the transaction of what it records, or before what is done
   * elsewhere. @throws AppError DB_UNAVAILABLE, DB_READ_ONLY
   */
  async record(code: AuditCode, facts: AuditFacts, transaction?: AuditTransaction): Promise<void> {
    const { actor, ip, subject, details } = facts;
    await this.repository.insert(
      {
        at: new Date(this.clock.now()),
        code,
        actorKind: actor === null ? 'system' : actor.via.kind === 'token' ? 'token' : 'user',
        actorId: actor?.userId ?? null,
        ip: ip ?? null,
        subjectKind: subject?.kind ?? null,
        subjectId: subject?.id ?? null,
        details: { ...details, ...(actor?.via.kind === 'token' ? { tokenId: actor.via.id } : {}) },
      },
      transaction,
    );
  }
}
