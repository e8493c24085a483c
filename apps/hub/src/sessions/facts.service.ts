// Applies what happened on a host, each fact once, in the order of its number.
import { Inject, Injectable } from '@nestjs/common';
import type { Clock, Logger } from '@roundhouse/kit';
import type { Fact, FactBody, HostId, Session } from '@roundhouse/protocol';
import { EventBus } from '../platform/event-bus/event-bus.js';
import type { Faults } from '../platform/faults.js';
import { CLOCK, FAULTS, LOGGER } from '../platform/tokens.js';
import { IngestCounters } from '../telemetry/ingest-counters.js';
import { UsageService, type UsageReport } from '../telemetry/usage.service.js';
import { CommandRepository } from './command.repository.js';
import { ForeignClaims } from './foreign-claims.service.js';
import { OutboxPosition } from './outbox-position.repository.js';
import { withNotes } from './session-notes.js';
import { transition, type SessionEvent } from './session-state.js';
import { SessionRepository, type SessionPatch, type Tx } from './session.repository.js';

@Injectable()
export class FactsService {
  constructor(
    @Inject(SessionRepository) private readonly sessions: SessionRepository,
    @Inject(CommandRepository) private readonly commands: CommandRepository,
    @Inject(OutboxPosition) private readonly position: OutboxPosition,
    @Inject(UsageService) private readonly usage: UsageService,
    @Inject(IngestCounters) private readonly counters: IngestCounters,
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
    const next = facts.filter(({ seq }) => seq > acked);
    for (const step of steps(next)) {
      const [from, to] = [step[0]?.seq ?? 0, step.at(-1)?.seq ?? 0];
      if (from !== acked + 1) {
        this.logger.warn({ hostId, seq: from, acked }, 'a fact came out of order; it will come again');
        break;
      }
      await this.faults.reach('fact.before-apply');
      const applied = await this.sessions.transaction(async (tx) => {
        if (!(await this.position.advance(hostId, { stream, from, to }, tx))) return null;
        const changed = await this.#applyStep(hostId, step, tx);
        await this.faults.reach('fact.in-transaction');
        return changed;
      });
      await this.faults.reach('fact.after-apply');
      // An earlier push, whose answer came too late, is being applied at the same time.
      if (!applied) return this.position.read(hostId, stream);
      acked = to;
      this.counters.facts(step.length);
      for (const session of applied) this.bus.emit('session.changed', session);
      if (step.some(({ body }) => body.kind === 'session.usage')) this.bus.emit('usage.written', { hostId });
    }
    return acked;
  }

  async #applyStep(hostId: HostId, step: readonly Fact[], tx: Tx): Promise<Session[]> {
    const bodies = step.map(({ body }) => body);
    const reports = bodies.filter((body) => body.kind === 'session.usage');
    if (reports.length > 0) return this.#applyUsage(hostId, reports, tx);
    const changed: Session[] = [];
    for (const body of bodies) {
      const session = await this.#applyOne(hostId, body, tx);
      if (session) changed.push(session);
    }
    return changed;
  }

  /** All totals and minutes of a push at once. */
  async #applyUsage(hostId: HostId, reports: readonly UsageReport[], tx: Tx): Promise<Session[]> {
    const ids = [...new Set(reports.map(({ sessionId }) => sessionId))];
    const sessions = await this.sessions.lockAll(ids, tx);
    for (const { id, hostId: owner } of sessions.values()) {
      if (owner !== hostId) this.foreign.record(hostId, id);
    }
    const own = reports.filter(({ sessionId, epoch }) => {
      const session = sessions.get(sessionId);
      // A life that this hub has not ordered yet is not the daemon's to account for.
      return session?.hostId === hostId && epoch <= session.epoch;
    });
    const changed = await this.usage.keep(own, tx);
    return [
      ...(
        await this.sessions.byIds(
          ids.filter((id) => changed.includes(id)),
          tx,
        )
      ).values(),
    ];
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
    if (body.kind === 'session.usage' || body.epoch !== session.epoch) return null;
    return this.#move(session, body, tx);
  }

  async #move(session: Session, body: LifeFact, tx: Tx): Promise<Session | null> {
    if (body.kind === 'session.started') {
      await this.commands.move(body.commandId, ['pending', 'sent', 'taken'], 'done', tx);
    } else {
      await this.commands.finishAll(session.id, tx);
    }
    const to = transition(session, eventOf(body));
    const patch = patchOf(session, body);
    if (to) return this.sessions.move(session.id, { to, patch, now: new Date(this.clock.now()) }, tx);
    return Object.keys(patch).length > 0 ? this.sessions.update(session.id, patch, tx) : null;
  }
}

/**
 * Facts that one transaction applies: reports of usage that follow each other without a gap together, every other
 * fact alone.
 */
function steps(facts: readonly Fact[]): Fact[][] {
  const result: Fact[][] = [];
  for (const fact of facts) {
    const last = result.at(-1);
    const before = last?.at(-1);
    const joins =
      fact.body.kind === 'session.usage' &&
      before?.body.kind === 'session.usage' &&
      before.seq + 1 === fact.seq;
    if (joins) last?.push(fact);
    else result.push([fact]);
  }
  return result;
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
      return { kind: 'exited', exitCode: body.exitCode, signal: body.signal, reason: body.reason };
    case 'session.lost':
      return { kind: 'lost', state: body.state, reason: body.reason };
  }
}

function patchOf(session: Session, body: LifeFact): SessionPatch {
  if (body.kind === 'session.failed') return {};
  const { conversationId } = body;
  const learnt = conversationId === undefined ? {} : { conversationId };
  if (body.kind !== 'session.started') return learnt;
  const { pid, cwd, branch, remoteUrl, cols, rows, notes } = body;
  return { pid, cwd, branch, remoteUrl, cols, rows, ...withNotes(session, notes), ...learnt };
}
