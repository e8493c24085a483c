// Records that a daemon spoke for a session of another host. What it said is dropped by whoever heard it.
import { Inject, Injectable } from '@nestjs/common';
import type { Clock, Logger } from '@roundhouse/kit';
import type { HostId, SessionId } from '@roundhouse/protocol';
import { AuditService } from '../audit/audit.service.js';
import { CLOCK, LOGGER } from '../platform/tokens.js';
import { OncePer } from './once-per.js';
import { SessionRepository } from './session.repository.js';

/** A daemon gone wild repeats itself thousands of times a second; the record needs it once. */
const claims = { ms: 10 * 60_000, max: 1_000 } as const;
/** How often the owner of a session that nobody watches is looked up for one host. */
const lookups = { ms: 1_000, max: 1_000 } as const;

@Injectable()
export class ForeignClaims {
  readonly #recorded: OncePer;
  readonly #looked: OncePer;

  constructor(
    @Inject(SessionRepository) private readonly sessions: SessionRepository,
    @Inject(AuditService) private readonly audit: AuditService,
    @Inject(CLOCK) clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.#recorded = new OncePer(claims, clock);
    this.#looked = new OncePer(lookups, clock);
  }

  /** The session is known to be another host's. Does not wait for the record. */
  record(hostId: HostId, sessionId: SessionId): void {
    if (!this.#recorded.pass(`${hostId} ${sessionId}`)) return;
    this.logger.warn({ hostId, sessionId }, 'a daemon spoke for a session of another host');
    const subject = { kind: 'session', id: sessionId };
    this.#background(this.audit.record('HOST_FORBIDDEN', { actor: null, subject, details: { hostId } }));
  }

  /** The session is not known to whoever heard the daemon; it may be another host's. */
  suspect(hostId: HostId, sessionId: SessionId): void {
    if (this.#looked.pass(hostId)) this.#background(this.#look(hostId, sessionId));
  }

  async #look(hostId: HostId, sessionId: SessionId): Promise<void> {
    const session = await this.sessions.find(sessionId);
    if (session && session.hostId !== hostId) this.record(hostId, sessionId);
  }

  #background(work: Promise<void>): void {
    work.catch((error: unknown) => {
      this.logger.error({ err: error }, 'a foreign claim was not recorded');
    });
  }
}
