// Which host is the machine that the hub runs on; by id, so that it may be renamed.
import { Inject, Injectable } from '@nestjs/common';
import { hostIdSchema, type HostId } from '@roundhouse/protocol';
import { Database } from '../platform/database/database.js';

const key = 'localHost';

@Injectable()
export class LocalHostRepository {
  constructor(@Inject(Database) private readonly database: Database) {}

  /** Null when it was never registered, or was removed. */
  async find(): Promise<{ id: HostId; enrolled: boolean } | null> {
    const state = await this.database.client.hubState.findUnique({ where: { key } });
    const id = hostIdSchema.safeParse(state?.value);
    if (!id.success) return null;
    const where = { id: id.data };
    const row = await this.database.client.host.findUnique({ where, select: { publicKey: true } });
    return row && { id: id.data, enrolled: row.publicKey !== null };
  }

  async remember(id: HostId): Promise<void> {
    await this.database.client.hubState.upsert({
      where: { key },
      create: { key, value: id },
      update: { value: id },
    });
  }
}
