// Rows of commands: pending, sent, taken, then done, failed or expired.
import { Inject, Injectable } from '@nestjs/common';
import {
  commandIdSchema,
  commandOpSchema,
  sessionIdSchema,
  type CommandId,
  type CommandOp,
  type HostId,
  type Reason,
  type SessionId,
} from '@roundhouse/protocol';
import type { Command as Row, Prisma } from '../generated/prisma/client.js';
import { Database } from '../platform/database/database.js';
import type { Tx } from './session.repository.js';

export type CommandState = 'pending' | 'sent' | 'taken' | 'done' | 'failed' | 'expired';

export interface Command {
  readonly id: CommandId;
  readonly sessionId: SessionId;
  readonly op: CommandOp;
  readonly state: string;
  /** Null when it never lapses. */
  readonly deadlineAt: Date | null;
}

const open: CommandState[] = ['pending', 'sent', 'taken'];

@Injectable()
export class CommandRepository {
  constructor(@Inject(Database) private readonly database: Database) {}

  async create(
    command: { id: string; hostId: HostId; op: CommandOp; deadlineAt: Date | null },
    tx: Tx,
  ): Promise<void> {
    const { id, hostId, op, deadlineAt } = command;
    await tx.command.create({
      data: { id, hostId, sessionId: op.sessionId, kind: op.kind, payload: op, deadlineAt },
    });
  }

  /** What the host has not finished, oldest first. */
  async unfinished(hostId: HostId): Promise<Command[]> {
    const rows = await this.database.client.command.findMany({
      where: { hostId, state: { in: open } },
      // A spawn and its stop may have been written in one millisecond.
      orderBy: [{ createdAt: 'asc' }, { kind: 'asc' }, { id: 'asc' }],
    });
    return rows.map(toCommand);
  }

  /** Open commands of one session. */
  async ofSession(sessionId: SessionId, tx: Tx = this.database.client): Promise<Command[]> {
    const rows = await tx.command.findMany({ where: { sessionId, state: { in: open } } });
    return rows.map(toCommand);
  }

  /** Moves a command on, if it is still in one of `from`. @returns whether it was */
  async move(id: CommandId, from: readonly CommandState[], to: CommandState, tx: Tx = this.database.client) {
    const now = new Date();
    const stamp = to === 'sent' ? { sentAt: now } : to === 'taken' ? {} : { doneAt: now };
    const { count } = await tx.command.updateMany({
      where: { id, state: { in: [...from] } },
      data: { state: to, ...stamp },
    });
    return count === 1;
  }

  async fail(id: CommandId, reason: Reason, tx: Tx = this.database.client): Promise<void> {
    const result: Prisma.InputJsonValue = reason;
    await tx.command.updateMany({
      where: { id, state: { in: open } },
      data: { state: 'failed', doneAt: new Date(), result },
    });
  }

  /** Everything open of a session is over: it ended. */
  async finishAll(sessionId: SessionId, tx: Tx): Promise<void> {
    await tx.command.updateMany({
      where: { sessionId, state: { in: open } },
      data: { state: 'done', doneAt: new Date() },
    });
  }

  /** Spawns that were never sent and may not be any more. */
  async lapsed(now: Date): Promise<Command[]> {
    const rows = await this.database.client.command.findMany({
      where: { state: 'pending', deadlineAt: { lte: now } },
      take: 100,
    });
    return rows.map(toCommand);
  }
}

function toCommand(row: Row): Command {
  return {
    id: commandIdSchema.parse(row.id),
    sessionId: sessionIdSchema.parse(row.sessionId),
    op: commandOpSchema.parse(row.payload),
    state: row.state,
    deadlineAt: row.deadlineAt,
  };
}
