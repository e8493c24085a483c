// Applies what happened on a host, each fact once, in the order of its number.
import { Inject, Injectable } from '@nestjs/common';
import type { Clock, Logger } from '@roundhouse/kit';
import type { Fact, FactBody, HostId, Session } from '@roundhouse/protocol';
import { EventBus } from '../platform/event-bus/event-bus.js';
import type { Faults } from '../platform/faults.js';
import { CLOCK, FAULTS, LOGGER } from '../platform/tokens.js';
import { UsageService } from '../telemetry/usage.service.js';
import { CommandRepository } from './command.repository.js';
import { ForeignClaims } from './foreign-claims.service.js';
import { OutboxPosition } from './outbox-position.repository.js';
import { transition, type SessionEvent } from './session-state.js';
import { SessionRepository, type SessionPatch, type Tx } from './session.repository.js';

@Injectable()
export class FactsService {
  constructor(
    @Inject(SessionRepository) private readonly sessions: SessionRepository,
    @Inject(CommandRepository) private readonly commands: CommandRepository,
    @Inject(OutboxPosition) private readonly position: OutboxPosition,
    @Inject(UsageService) private readonly usage: UsageService,
    @Inject(EventBus) private readonly bus: EventBus,
    @Inject(ForeignClaims) private readonly foreign: ForeignClaims,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(FAULTS) private readonly faults: Faults,
  ) {}

  /** Number of the last fact of this outbox that is applied; 0 for one that was not seen before. */
  applied(hostId: HostId, stream: string): Promise<number> {
    return this.position.read(hostId, stream);
  }

  /** @returns the number of the last fact that is applied */
  async apply(hostId: HostId, stream: string, facts: readonly Fact[]): Promise<number> {
    let acked = await this.position.read(hostId, stream);
    for (const fact of facts) {
      if (fact.seq <= acked) continue;
      if (fact.seq !== acked + 1) {
        this.logger.warn({ hostId, seq: fact.seq, acked }, 'a fact came out of order; it will come again');
        break;
      }
      await this.faults.reach('fact.before-apply');
      const applied = await this.sessions.transaction(async (tx) => {
        if (!(await this.position.advance(hostId, { stream, seq: fact.seq }, tx))) return null;
        const session = await this.#applyOne(hostId, fact.body, tx);
        await this.faults.reach('fact.in-transaction');
        return { session };
      });
      await this.faults.reach('fact.after-apply');
      // An earlier push, whose answer came too late, is being applied at the same time.
      if (!applied) return this.position.read(hostId, stream);
      acked = fact.seq;
      if (applied.session) this.bus.emit('session.changed', applied.session);
    }
    return acked;
  }

  async #applyOne(hostId: HostId, body: FactBody, tx: Tx): Promise<Session | null> {
    const session = await this.sessions.lock(body.sessionId, tx);
    if (!session) return null;
    if (session.hostId !== hostId) {
      this.foreign.record(hostId, body.sessionId);
      return null;
    }
    if (body.kind === 'command.refused') {
      await this.commands.fail(body.commandId, body.reason, tx);
      return null;
    }
    // A life that this hub has not ordered yet is not the daemon's to account for.
    if (body.kind === 'session.usage' && body.epoch > session.epoch) return null;
    if (body.kind === 'session.usage') {
      const sums = await this.usage.keep(body, tx);
      return sums && this.sessions.update(session.id, sums, tx);
    }
    if (body.epoch !== session.epoch) return null;
    return this.#move(session, body, tx);
  }

  async #move(session: Session, body: LifeFact, tx: Tx): Promise<Session | null> {
    if (body.kind === 'session.started') {
      await this.commands.move(body.commandId, ['pending', 'sent', 'taken'], 'done', tx);
    } else {
      await this.commands.finishAll(session.id, tx);
    }
    const to = transition(session, eventOf(body));
    const patch = patchOf(body);
    if (to) return this.sessions.move(session.id, { to, patch, now: new Date(this.clock.now()) }, tx);
    return Object.keys(patch).length > 0 ? this.sessions.update(session.id, patch, tx) : null;
  }
}

type LifeFact = Extract<
  FactBody,
  { kind: 'session.started' | 'session.failed' | 'session.exited' | 'session.lost' }
>;

function eventOf(body: LifeFact): SessionEvent {
  switch (body.kind) {
    case 'session.started':
      return { kind: 'started' };
    case 'session.failed':
      return { kind: 'failed', reason: body.reason };
    case 'session.exited':
      return { kind: 'exited', exitCode: body.exitCode, signal: body.signal };
    case 'session.lost':
      return { kind: 'lost', state: body.state, reason: body.reason };
  }
}

function patchOf(body: LifeFact): SessionPatch {
  if (body.kind !== 'session.started') return {};
  const { pid, cwd, branch, remoteUrl, cols, rows } = body;
  return { pid, cwd, branch, remoteUrl, cols, rows };
}
