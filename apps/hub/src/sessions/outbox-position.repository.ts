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

  /**
   * Moves on over the facts `from` to `to`, and locks the host until the transaction ends, so that pushes of one host
   * follow each other.
   * @returns false when the first is not the next one: another push has applied it
   */
  async advance(
    hostId: HostId,
    { stream, from, to }: { stream: string; from: number; to: number },
    tx: Tx,
  ): Promise<boolean> {
    const another = { OR: [{ outboxStream: null }, { outboxStream: { not: stream } }] };
    const { count } = await tx.host.updateMany({
      where: { id: hostId, ...(from === 1 ? another : { outboxStream: stream, outboxSeq: from - 1 }) },
      data: { outboxStream: stream, outboxSeq: to },
    });
    return count === 1;
  }
}
