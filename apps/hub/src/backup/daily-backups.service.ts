// Backups that a running hub makes of itself: one a day where that is set, and one whenever somebody asks for it.
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Cancel, Clock, Logger } from '@roundhouse/kit';
import { backupsKeptMax, type Backups } from '@roundhouse/protocol';
import { AuditService } from '../audit/audit.service.js';
import type { Actor } from '../auth/actor.js';
import type { HubConfig } from '../config.js';
import { Database } from '../platform/database/database.js';
import { CLOCK, CONFIG, LOGGER } from '../platform/tokens.js';
import type { ArchivePlace } from './archive.js';
import { backUp } from './back-up.js';
import {
  backupPrefix,
  dropDrafts,
  findBackups,
  keepNewest,
  newestBy,
  stampOf,
  type FoundBackup,
} from './backup-files.js';
import { readBackup } from './read-backup.js';

const minuteMs = 60_000;
/** Soon after a start, and then often enough that a machine that sleeps at night has its day, too. */
const lookEveryMs = 5 * minuteMs;
const dayMs = 24 * 60 * minuteMs;
/** By then the next one is due, and whatever this one waits for does not come. */
const limitMs = dayMs;
/** After a failure: what is full or away is not better in a minute. */
const retryMs = 60 * minuteMs;
/** Of those that are asked for where none is made by itself. */
const keptUnasked = 3;
const messageMax = 1000;

interface Failure {
  readonly at: number;
  readonly message: string;
}

type BackupConfig = Pick<HubConfig, 'backups' | 'databaseUrl' | 'stateDir'>;

@Injectable()
export class DailyBackups implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #stop = new AbortController();
  #cancel: Cancel | null = null;
  #making: Promise<void> | null = null;
  #failure: Failure | null = null;
  /** Monotonic. */
  #retryAt = Number.NEGATIVE_INFINITY;

  constructor(
    @Inject(CONFIG) private readonly config: BackupConfig,
    @Inject(Database) private readonly database: Pick<Database, 'state'>,
    @Inject(AuditService) private readonly audit: Pick<AuditService, 'record'>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.#cancel = this.clock.every(lookEveryMs, () => void this.look());
  }

  /** One that is being made is given up: nothing is left of it, and the next start makes another. */
  async onModuleDestroy(): Promise<void> {
    this.#cancel?.();
    this.#stop.abort();
    await this.#making;
  }

  async show(): Promise<Backups> {
    const { keep, dir, passphrase } = this.config.backups;
    let found: readonly FoundBackup[] = [];
    let failure = this.#failure;
    try {
      found = await this.#found();
    } catch (error) {
      failure ??= this.#failed(error);
    }
    return {
      keep,
      dir,
      encrypted: passphrase !== null,
      running: this.#making !== null,
      items: found
        .slice(0, backupsKeptMax)
        .map(({ name, at, bytes }) => ({ name, at: at.toISOString(), bytes })),
      failure: failure && { at: new Date(failure.at).toISOString(), message: failure.message },
    };
  }

  /** Milliseconds since 1970; null while there is none, or where they cannot be looked at. */
  async newestAt(): Promise<number | null> {
    const found = await this.#found().catch(() => []);
    return newestBy(found, this.clock.now())?.at.getTime() ?? null;
  }

  /** Begins one, unless one is being made. @throws AppError DB_UNAVAILABLE, DB_READ_ONLY when that cannot be recorded */
  async begin(actor: Actor, ip: string): Promise<Backups> {
    if (this.#making === null) {
      await this.audit.record('BACKUP_ASKED', { actor, ip });
      this.#begin();
    }
    return this.show();
  }

  /** Begins the one of the day when it is due. Never fails. */
  async look(): Promise<void> {
    if (this.config.backups.keep === 0 || this.#making !== null || this.database.state !== 'ready') return;
    if (this.clock.monotonic() < this.#retryAt) return;
    const newest = await this.newestAt();
    if (newest !== null && this.clock.now() - newest < dayMs) return;
    this.#begin();
  }

  /** Settles when nothing is being made. */
  async idle(): Promise<void> {
    await this.#making;
  }

  #found(): Promise<FoundBackup[]> {
    return findBackups(this.config.backups.dir, backupPrefix);
  }

  #begin(): void {
    // The hub may have ended while somebody looked; its database may have ended, too.
    if (this.#stop.signal.aborted) return;
    this.#making ??= this.#make().finally(() => {
      this.#making = null;
    });
  }

  #failed(error: unknown): Failure {
    const message = error instanceof Error ? error.message : String(error);
    return { at: this.clock.now(), message: message.slice(0, messageMax) };
  }

  async #make(): Promise<void> {
    const { backups, databaseUrl, stateDir } = this.config;
    const { dir, keep, passphrase } = backups;
    const now = new Date(this.clock.now());
    const file = path.join(dir, `${backupPrefix}${stampOf(now)}.backup`);
    const limit = new AbortController();
    const cancel = this.clock.after(limitMs, () => {
      limit.abort();
    });
    const signal = AbortSignal.any([this.#stop.signal, limit.signal]);
    try {
      await mkdir(dir, { recursive: true, mode: 0o700 });
      await dropDrafts(dir, backupPrefix);
      const server = { databaseUrl, stateDir, alone: false };
      await backUp({ file, passphrase, server, now, signal });
      await checked({ file, passphrase }, signal);
      await keepNewest(dir, backupPrefix, keep === 0 ? keptUnasked : keep, now);
      this.#failure = null;
      this.logger.info({ file }, 'a backup of the hub was made');
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      const failure = limit.signal.aborted ? new Error('It was not done within a day') : error;
      this.#failure = this.#failed(failure);
      this.#retryAt = this.clock.monotonic() + retryMs;
      this.logger.error({ err: failure, file }, 'the backup of the hub was not made');
    } finally {
      cancel();
    }
  }
}

/** Reads it back: every sum in it is that of its rows. One that is not whole does not stay. */
async function checked(place: ArchivePlace, signal: AbortSignal): Promise<void> {
  try {
    await readBackup(place, {}, signal);
  } catch (error) {
    await rm(place.file, { force: true });
    throw error;
  }
}
