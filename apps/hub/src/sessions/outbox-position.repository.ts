// How far the outbox of each host has been applied; written in the transaction that applies a fact.
import { Inject, Injectable } from '@nestjs/common';
import type { HostId } from '@roundhouse/protocol';
import { Database } from '../platform/database/database.js';
import type { Tx } from './session.repository.js';

@Injectable()
export class OutboxPosition {
  constructor(@Inject(Database) private readonly database: Database) {}

  /** 0 for a stream that was not seen before, which is what a daemon with a new state directory has. */
  async read(hostId: HostId, stream: string): Promise<number> {
    const row = await this.database.client.host.findUnique({
      where: { id: hostId },
      select: { outboxStream: true, outboxSeq: true },
    });
    return row?.outboxStream === stream ? Number(row.outboxSeq) : 0;
  }

  async write(hostId: HostId, at: { stream: string; seq: number }, tx: Tx): Promise<void> {
    await tx.host.update({ where: { id: hostId }, data: { outboxStream: at.stream, outboxSeq: at.seq } });
  }
}
