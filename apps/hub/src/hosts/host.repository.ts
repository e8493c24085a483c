// Rows of hosts and their join tokens.
import { Inject, Injectable } from '@nestjs/common';
import {
  hostIdSchema,
  type Host,
  type HostId,
  type HostState,
  type Inventory,
  type SystemInfo,
} from '@roundhouse/protocol';
import { Prisma } from '../generated/prisma/client.js';
import { Database } from '../platform/database/database.js';
import { isUniqueViolation } from '../platform/database/unique-violation.js';
import { newKey } from './host-key.repository.js';
import { hostInclude, toHost } from './host.entity.js';

export interface NewHost {
  readonly id: string;
  readonly name: string;
  readonly projectRoots: readonly string[];
  readonly agents: readonly string[];
}

export interface NewJoinToken {
  readonly id: string;
  readonly hostId: string;
  readonly tokenHash: string;
  readonly expiresAt: Date;
}

type Tx = Prisma.TransactionClient;

@Injectable()
export class HostRepository {
  constructor(@Inject(Database) private readonly database: Database) {}

  /** Runs `work` in one transaction; nothing of it stays when it throws. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.database.client.$transaction(work);
  }

  async list(): Promise<Host[]> {
    const rows = await this.database.client.host.findMany({ include: hostInclude, orderBy: { name: 'asc' } });
    return rows.map(toHost);
  }

  async find(id: HostId): Promise<Host | null> {
    const row = await this.database.client.host.findUnique({ where: { id }, include: hostInclude });
    return row && toHost(row);
  }

  /** @returns null when the name is taken */
  async create(host: NewHost, token: NewJoinToken, tx: Tx): Promise<Host | null> {
    try {
      const row = await tx.host.create({
        data: {
          id: host.id,
          name: host.name,
          projectRoots: [...host.projectRoots],
          agents: [...host.agents],
          joinTokens: { create: { id: token.id, tokenHash: token.tokenHash, expiresAt: token.expiresAt } },
        },
        include: hostInclude,
      });
      return toHost(row);
    } catch (error) {
      if (isUniqueViolation(error)) return null;
      throw error;
    }
  }

  /** @returns null when there is no such host; 'taken' when another has the name */
  async rename(id: HostId, name: string, tx: Tx): Promise<Host | 'taken' | null> {
    try {
      return await this.#update(id, { name }, tx);
    } catch (error) {
      if (isUniqueViolation(error)) return 'taken';
      throw error;
    }
  }

  async setState(id: HostId, state: HostState, seenAt?: Date): Promise<Host | null> {
    return this.#update(id, { state, ...(seenAt ? { lastSeenAt: seenAt } : {}) });
  }

  async setProblem(
    id: HostId,
    problem: { code: string; message: string; at: string } | null,
  ): Promise<Host | null> {
    return this.#update(id, { problem: problem ?? Prisma.DbNull });
  }

  async setInventory(id: HostId, inventory: Inventory, scannedAt: Date): Promise<Host | null> {
    const { projectRoots, projects, profiles, profileProblems, otlp } = inventory;
    return this.#update(id, { projectRoots, projects, profiles, profileProblems, otlp, scannedAt });
  }

  async setSystem(id: HostId, system: SystemInfo, seenAt: Date): Promise<Host | null> {
    // The commonest write of the hub: two statements instead of a transaction of five.
    const [rows, joinTokens] = await Promise.all([
      this.database.client.host.updateManyAndReturn({
        where: { id },
        data: { system, lastSeenAt: seenAt, version: { increment: 1 } },
      }),
      this.database.client.joinToken.findMany({
        ...hostInclude.joinTokens,
        where: { ...hostInclude.joinTokens.where, hostId: id },
      }),
    ]);
    return rows[0] ? toHost({ ...rows[0], joinTokens }) : null;
  }

  /** Many loads in one statement. @returns the new versions of the hosts that there are */
  async setSystems(
    loads: readonly { readonly id: HostId; readonly system: SystemInfo }[],
    seenAt: Date,
  ): Promise<{ id: HostId; version: number }[]> {
    const rows = await this.database.client.$queryRaw<{ id: string; version: number }[]>`
      UPDATE hosts SET system = load.system, last_seen_at = ${seenAt}, version = version + 1
      FROM jsonb_to_recordset(${JSON.stringify(loads)}::jsonb) AS load(id uuid, system jsonb)
      WHERE hosts.id = load.id RETURNING hosts.id::text, version`;
    return rows.map(({ id, version }) => ({ id: hostIdSchema.parse(id), version }));
  }

  async setConnected(id: HostId, daemonVersion: string, seenAt: Date): Promise<Host | null> {
    return this.#update(id, { state: 'online', daemonVersion, lastSeenAt: seenAt, problem: Prisma.DbNull });
  }

  /** After a restart nobody is connected. @returns the hosts that may come back at any moment */
  async markAllUnreachable(): Promise<HostId[]> {
    await this.database.client.host.updateMany({
      where: { state: 'online' },
      data: { state: 'unreachable', version: { increment: 1 } },
    });
    const rows = await this.database.client.host.findMany({
      where: { state: 'unreachable' },
      select: { id: true },
    });
    return rows.map(({ id }) => hostIdSchema.parse(id));
  }

  async remove(id: HostId, tx: Tx): Promise<{ version: number; sessions: number } | null> {
    const row = await tx.host.findUnique({ where: { id }, select: { version: true } });
    if (!row) return null;
    const sessions = await tx.session.count({ where: { hostId: id } });
    await tx.host.delete({ where: { id } });
    return { version: row.version + 1, sessions };
  }

  /** Replaces the unused tokens of the host. */
  async addJoinToken(token: NewJoinToken, now: Date, tx: Tx): Promise<Host | null> {
    const { hostId, id, tokenHash, expiresAt } = token;
    await tx.joinToken.updateMany({
      where: { hostId, usedAt: null, revokedAt: null },
      data: { revokedAt: now },
    });
    await tx.joinToken.create({ data: { id, hostId, tokenHash, expiresAt } });
    return this.#update(hostId, {}, tx);
  }

  async findJoinToken(id: string): Promise<{ tokenHash: string; hostId: string } | null> {
    return this.database.client.joinToken.findUnique({
      where: { id },
      select: { tokenHash: true, hostId: true },
    });
  }

  /**
   * Uses a token up and registers the key, in one step of which only one of many can succeed. Unless it gives a host, the
   * transaction must be given up.
   * @returns null when the token was used, revoked or has lapsed; 'taken' when another host has the key
   */
  async enrol(
    tokenId: string,
    { publicKey, instanceId, now }: { publicKey: string; instanceId: string; now: Date },
    tx: Tx,
  ): Promise<Host | 'taken' | null> {
    const used = await tx.joinToken.updateMany({
      where: { id: tokenId, usedAt: null, revokedAt: null, expiresAt: { gt: now } },
      data: { usedAt: now },
    });
    if (used.count !== 1) return null;
    const { hostId } = await tx.joinToken.findUniqueOrThrow({ where: { id: tokenId } });
    try {
      const row = await tx.host.update({
        where: { id: hostId },
        data: { ...newKey(publicKey, now), instanceId, problem: Prisma.DbNull, version: { increment: 1 } },
        include: hostInclude,
      });
      return toHost(row);
    } catch (error) {
      if (isUniqueViolation(error)) return 'taken';
      throw error;
    }
  }

  async #update(
    id: string,
    data: Prisma.HostUpdateInput,
    tx: Tx = this.database.client,
  ): Promise<Host | null> {
    try {
      const row = await tx.host.update({
        where: { id },
        data: { ...data, version: { increment: 1 } },
        include: hostInclude,
      });
      return toHost(row);
    } catch (error) {
      if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2025') return null;
      throw error;
    }
  }
}
