// What the daemon handshake needs to know of hosts: their keys, and who holds them now.
import { Inject, Injectable } from '@nestjs/common';
import { hostIdSchema, type HostId, type InstanceId } from '@roundhouse/protocol';
import { Database } from '../database/database.js';

export interface HostKey {
  readonly hostId: HostId;
  readonly name: string;
  /** SPKI, base64; null until a daemon has enrolled. */
  readonly publicKey: string | null;
  /** The one before, until then. */
  readonly previousKey: string | null;
  readonly previousKeyUntil: Date | null;
  readonly instanceId: string | null;
  readonly generation: number;
}

@Injectable()
export class HostKeysRepository {
  constructor(@Inject(Database) private readonly database: Database) {}

  async find(id: HostId): Promise<HostKey | null> {
    const select = {
      ...{ id: true, name: true, publicKey: true, previousKey: true, previousKeyUntil: true },
      ...{ instanceId: true, generation: true },
    } as const;
    const row = await this.database.client.host.findUnique({ where: { id }, select });
    return row && { ...row, hostId: hostIdSchema.parse(row.id) };
  }

  /** Takes the next generation for an instance; null when the key no longer counts or another hub was first. */
  async takeOver(
    { hostId, generation: before }: HostKey,
    { publicKey, instanceId, now }: { publicKey: string; instanceId: InstanceId; now: Date },
  ): Promise<number | null> {
    const generation = before + 1;
    const { count } = await this.database.client.host.updateMany({
      where: {
        ...{ id: hostId, generation: before },
        OR: [{ publicKey }, { previousKey: publicKey, previousKeyUntil: { gt: now } }],
      },
      data: { generation, instanceId },
    });
    return count === 1 ? generation : null;
  }
}
