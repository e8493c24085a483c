// Sends the commands of a host in order, each until its daemon has taken it. A repeat changes nothing there.
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Cancel, Clock, Logger } from '@roundhouse/kit';
import {
  AppError,
  isRetryable,
  type ErrorCode,
  type HostId,
  type Reason,
  type SessionId,
} from '@roundhouse/protocol';
import { EventBus } from '../platform/event-bus/event-bus.js';
import type { Faults } from '../platform/faults.js';
import { CLOCK, FAULTS, LOGGER } from '../platform/tokens.js';
import { DaemonRegistry } from '../platform/ws/daemon-registry.js';
import type { DaemonSocket } from '../platform/ws/handlers.js';
import { CommandRepository, type Command } from './command.repository.js';
import { reasonOf, transition } from './session-state.js';
import { requireDaemonFor } from './spawn-options.js';
import { SessionRepository } from './session.repository.js';

/** A daemon takes a command by writing it down; that is quick even on a busy machine. */
const takeTimeoutMs = 10_000;
/** A daemon that did not answer in time is asked again after this. */
const retryMs = 2_000;

@Injectable()
export class CommandDispatcher implements OnModuleDestroy {
  /** Hosts being served now, and whether more was asked meanwhile. */
  readonly #busy = new Map<HostId, boolean>();
  /** One per host at most. */
  readonly #retries = new Map<HostId, Cancel>();

  constructor(
    @Inject(CommandRepository) private readonly commands: CommandRepository,
    @Inject(SessionRepository) private readonly sessions: SessionRepository,
    @Inject(DaemonRegistry) private readonly daemons: DaemonRegistry,
    @Inject(EventBus) private readonly bus: EventBus,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(FAULTS) private readonly faults: Faults,
  ) {}

  onModuleDestroy(): void {
    for (const cancel of this.#retries.values()) cancel();
    this.#retries.clear();
  }

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
      this.#retryLater(hostId);
    } finally {
      this.#busy.delete(hostId);
    }
  }

  #retryLater(hostId: HostId): void {
    this.#retries.get(hostId)?.();
    const cancel = this.clock.after(retryMs, () => {
      this.#retries.delete(hostId);
      if (this.daemons.get(hostId)) this.kick(hostId);
    });
    this.#retries.set(hostId, cancel);
  }

  /** Commands of one session go in order; one that has to wait does not hold up those of other sessions. */
  async #sendAll(hostId: HostId): Promise<void> {
    const socket = this.daemons.get(hostId);
    if (!socket) return;
    const waiting = new Set<SessionId>();
    for (const command of await this.commands.unfinished(hostId)) {
      if (command.state === 'taken' || waiting.has(command.sessionId)) continue;
      if (!(await this.#send(command, socket))) waiting.add(command.sessionId);
    }
    if (waiting.size > 0) this.#retryLater(hostId);
  }

  /** @returns false when it must be sent again later. @throws AppError when the link or the database does not work */
  async #send(command: Command, socket: DaemonSocket): Promise<boolean> {
    const ttlMs = command.deadlineAt ? command.deadlineAt.getTime() - this.clock.now() : takeTimeoutMs;
    // One that was sent before may have been taken: then only its daemon can tell whether it is too late.
    if (ttlMs <= 0 && command.state === 'pending') {
      await this.expire(command);
      return true;
    }
    await this.faults.reach('spawn.before-send');
    if (!(await this.commands.move(command.id, ['pending', 'sent'], 'sent'))) return true;
    const refusal = await this.#ask(command, Math.max(0, Math.round(ttlMs)), socket);
    if (refusal) return this.#refused(command, refusal);
    await this.faults.reach('spawn.after-send');
    await this.faults.reach('spawn.before-taken');
    await this.#taken(command);
    await this.faults.reach('spawn.after-taken');
    return true;
  }

  /** @returns why the daemon did not take it. @throws AppError when it could not be asked */
  async #ask({ id: commandId, op }: Command, ttlMs: number, socket: DaemonSocket): Promise<AppError | null> {
    try {
      // Its daemon may be another than the one that was connected when it was ordered.
      if (op.kind === 'spawn') requireDaemonFor(op, socket);
      await socket.request('command', { commandId, ttlMs, op }, { timeoutMs: takeTimeoutMs });
      return null;
    } catch (error) {
      if (error instanceof AppError && !noAnswer.has(error.code)) return error;
      throw error;
    }
  }

  /** A spawn has its answer, whatever it is; a stop is asked for until it is done or pointless. */
  async #refused(command: Command, error: AppError): Promise<boolean> {
    if (error.code === 'COMMAND_EXPIRED') await this.expire(command);
    else if (command.op.kind === 'spawn' || !isRetryable(error.code))
      await this.refuse(command, reasonOfError(error));
    else return false;
    return true;
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
      // The session first, as everywhere: two rows locked in two orders would be a deadlock.
      const before = await this.sessions.lock(command.sessionId, tx);
      // A fact may have been faster than the answer: then the command is done, and nothing is undone.
      if (!(await this.commands.move(command.id, ['sent'], 'taken', tx))) return null;
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

/** Errors that say nothing about the command: the daemon was not heard. */
const noAnswer: ReadonlySet<ErrorCode> = new Set(['TIMEOUT', 'HOST_UNREACHABLE', 'SHUTTING_DOWN']);

const reasonOfError = (error: AppError): Reason => ({
  code: error.code,
  message: error.message,
  hint: error.hint,
});
