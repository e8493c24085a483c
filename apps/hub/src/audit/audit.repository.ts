// Rows of the audit log; the database refuses to change or delete them.
import { Inject, Injectable } from '@nestjs/common';
import type { Prisma } from '../generated/prisma/client.js';
import { Database } from '../platform/database/database.js';

export type AuditRow = Prisma.AuditEventCreateInput;
export type AuditDetail = Prisma.InputJsonValue | null;
/** A transaction of the database: what is recorded and the record are stored together or not at all. */
export type AuditTransaction = Prisma.TransactionClient;

@Injectable()
export class AuditRepository {
  constructor(@Inject(Database) private readonly database: Database) {}

  async insert(row: AuditRow, transaction?: AuditTransaction): Promise<void> {
    await (transaction ?? this.database.client).auditEvent.create({ data: row });
  }
}
