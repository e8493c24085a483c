// Sends the commands of a host in order, each until its daemon has taken it. A repeat changes nothing there.
import { Inject, Injectable } from '@nestjs/common';
import type { Clock, Logger } from '@roundhouse/kit';
import { AppError, errorTable, type HostId, type Reason } from '@roundhouse/protocol';
import { EventBus } from '../platform/event-bus/event-bus.js';
import type { Faults } from '../platform/faults.js';
import { CLOCK, FAULTS, LOGGER } from '../platform/tokens.js';
import { DaemonRegistry } from '../platform/ws/daemon-registry.js';
import type { DaemonSocket } from '../platform/ws/handlers.js';
import { CommandRepository, type Command } from './command.repository.js';
import { reasonOf, transition } from './session-state.js';
import { SessionRepository } from './session.repository.js';

/** A daemon takes a command by writing it down; that is quick even on a busy machine. */
const takeTimeoutMs = 10_000;
/** A daemon that did not answer in time is asked again after this. */
const retryMs = 2_000;

@Injectable()
export class CommandDispatcher {
  /** Hosts being served now, and whether more was asked meanwhile. */
  readonly #busy = new Map<HostId, boolean>();

  constructor(
    @Inject(CommandRepository) private readonly commands: CommandRepository,
    @Inject(SessionRepository) private readonly sessions: SessionRepository,
    @Inject(DaemonRegistry) private readonly daemons: DaemonRegistry,
    @Inject(EventBus) private readonly bus: EventBus,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(FAULTS) private readonly faults: Faults,
  ) {}

  /** Sends whatever the host has not taken yet, in the background; harmless at any time. */
  kick(hostId: HostId): void {
    if (this.#busy.has(hostId)) {
      this.#busy.set(hostId, true);
      return;
    }
    this.#busy.set(hostId, false);
    void this.#serve(hostId);
  }

  async #serve(hostId: HostId): Promise<void> {
    try {
      do {
        this.#busy.set(hostId, false);
        await this.#sendAll(hostId);
      } while (this.#busy.get(hostId) === true);
    } catch (error) {
      this.logger.warn({ err: error, hostId }, 'commands were not sent; they stay queued');
      this.clock.after(retryMs, () => {
        if (this.daemons.get(hostId)) this.kick(hostId);
      });
    } finally {
      this.#busy.delete(hostId);
    }
  }

  async #sendAll(hostId: HostId): Promise<void> {
    const socket = this.daemons.get(hostId);
    if (!socket) return;
    for (const command of await this.commands.unfinished(hostId)) {
      if (command.state !== 'taken') await this.#send(command, socket);
    }
  }

  async #send(command: Command, socket: DaemonSocket): Promise<void> {
    const ttlMs = command.deadlineAt ? command.deadlineAt.getTime() - this.clock.now() : takeTimeoutMs;
    if (ttlMs <= 0) {
      await this.expire(command);
      return;
    }
    await this.faults.reach('spawn.before-send');
    if (!(await this.commands.move(command.id, ['pending', 'sent'], 'sent'))) return;
    try {
      await socket.request(
        'command',
        { commandId: command.id, ttlMs: Math.max(0, Math.round(ttlMs)), op: command.op },
        { timeoutMs: takeTimeoutMs },
      );
    } catch (error) {
      if (isFinal(error)) await this.refuse(command, reasonOfError(error));
      else throw error;
      return;
    }
    await this.faults.reach('spawn.after-send');
    await this.faults.reach('spawn.before-taken');
    await this.#taken(command);
    await this.faults.reach('spawn.after-taken');
  }

  /** A spawn whose time is over before the host took it. */
  async expire(command: Command): Promise<void> {
    await this.#fail(command, reasonOf('EXPIRED'), 'expired');
  }

  /** The daemon will not do it: a spawn fails, a stop leaves the session as it is. */
  async refuse(command: Pick<Command, 'id' | 'sessionId' | 'op'>, reason: Reason): Promise<void> {
    await this.#fail(command, reason, 'failed');
  }

  async #taken(command: Command): Promise<void> {
    const session = await this.sessions.transaction(async (tx) => {
      if (!(await this.commands.move(command.id, ['sent'], 'taken', tx))) return null;
      const before = await this.sessions.lock(command.sessionId, tx);
      if (command.op.kind !== 'spawn' || before?.epoch !== command.op.epoch) return null;
      const to = transition(before, { kind: 'taken' });
      return to && this.sessions.move(before.id, { to, now: this.#now() }, tx);
    });
    if (session) this.bus.emit('session.changed', session);
  }

  async #fail(
    command: Pick<Command, 'id' | 'sessionId' | 'op'>,
    reason: Reason,
    state: 'failed' | 'expired',
  ): Promise<void> {
    const session = await this.sessions.transaction(async (tx) => {
      const before = await this.sessions.lock(command.sessionId, tx);
      if (state === 'expired') {
        if (!(await this.commands.move(command.id, ['pending', 'sent'], 'expired', tx))) return null;
      } else {
        await this.commands.fail(command.id, reason, tx);
      }
      if (command.op.kind !== 'spawn' || before?.epoch !== command.op.epoch) return null;
      const to = transition(before, { kind: 'failed', reason });
      return to && this.sessions.move(before.id, { to, now: this.#now() }, tx);
    });
    if (session) this.bus.emit('session.changed', session);
  }

  #now(): Date {
    return new Date(this.clock.now());
  }
}

/** Whether asking again could help: a broken link or a slow daemon, yes; a refusal, no. */
const isFinal = (error: unknown): error is AppError =>
  error instanceof AppError && !errorTable[error.code].retryable;

const reasonOfError = (error: AppError): Reason => ({
  code: error.code,
  message: error.message,
  hint: error.hint,
});
