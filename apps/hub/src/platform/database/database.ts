// The hub's one door to PostgreSQL, external or embedded: it waits for a late database in the background,
// migrates it, notices when it goes away, takes no changes, and is back, and says so.
import { backoffMs, delay, within, type Clock, type Logger } from '@roundhouse/kit';
import { AppError } from '@roundhouse/protocol';
import pg from 'pg';
import type { PrismaClient } from '../../generated/prisma/client.js';
import { EmbeddedPostgres } from './embedded-postgres.js';
import { obstacleWords, type Obstacle } from './database-errors.js';
import { createGuardedClient, type GuardedClient } from './guarded-client.js';
import { migrateToCurrent, type BeforeMigrating } from './migrations.js';
import { Waiting } from './waiting.js';
import { probeEveryMs, readObstacle } from './write-probe.js';

/** `connecting` until the first success, then `ready` or `down`. */
export type DatabaseState = 'connecting' | 'ready' | 'down';

export interface DatabaseOptions {
  /** DATABASE_URL; null starts the embedded server. */
  readonly url: string | null;
  readonly stateDir: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Lines for a person at the first start. */
  readonly onProgress?: (line: string) => void;
  readonly beforeMigrating?: BeforeMigrating;
  /** Another directory of migrations; for tests. */
  readonly migrationsDir?: string;
}

/** Enough for one hub's requests; PostgreSQL's default limit is 100 for everybody. */
const poolSize = 10;
const statementTimeoutMs = 5_000;
/** A little later than the server's own limit, whose error says more; this one holds when the network is gone. */
const queryTimeoutMs = 5_500;
const connectTimeoutMs = 5_000;
/** How soon a silent database is noticed, and how long a ping may take. */
const pingEveryMs = 1_000;
const pingTimeoutMs = 3_000;
/** Back within seconds of the database, without hammering it. */
const retry = { minMs: 200, maxMs: 1_000 };
const closeTimeoutMs = 5_000;
const keepAliveMs = 60_000;

export class Database {
  readonly #options: DatabaseOptions;
  readonly #embedded: EmbeddedPostgres | null;
  readonly #pool: pg.Pool;
  readonly #guarded: GuardedClient;
  readonly #stop = new AbortController();
  readonly #listeners = new Set<(state: DatabaseState) => void>();
  readonly #waiting = new Waiting();
  #state: DatabaseState = 'connecting';
  #obstacle: Obstacle | null = null;
  #probedAt = Number.NEGATIVE_INFINITY;
  #failure: AppError | null = null;
  #migrated = false;
  #running: Promise<void> | null = null;
  #keepAlive: NodeJS.Timeout | null = null;
  #disposed: Promise<void> | null = null;
  /** Ends the wait between two pings early. */
  #poke = new AbortController();

  constructor(options: DatabaseOptions) {
    this.#options = options;
    this.#embedded = options.url === null ? new EmbeddedPostgres(options) : null;
    this.#pool = new pg.Pool({
      ...(options.url === null ? {} : { connectionString: options.url }),
      max: poolSize,
      application_name: 'roundhouse-hub',
      statement_timeout: statementTimeoutMs,
      query_timeout: queryTimeoutMs,
      connectionTimeoutMillis: connectTimeoutMs,
      keepAlive: true,
    });
    // An idle connection that breaks is replaced by the pool; unheard, the event would end the process.
    this.#pool.on('error', () => {
      this.#poke.abort();
    });
    this.#guarded = createGuardedClient(this.#pool, {
      waiting: this.#waiting,
      check: () => {
        if (this.#state !== 'ready') throw this.unavailable();
      },
      onAway: () => {
        this.#poke.abort();
      },
      onObstacle: (obstacle) => {
        this.#hinder(obstacle);
      },
    });
  }

  /** Throws DB_UNAVAILABLE while the state is not `ready`; usable again by itself when it is. */
  get client(): PrismaClient {
    return this.#guarded.client;
  }

  get state(): DatabaseState {
    return this.#state;
  }

  /** Why it takes no changes, while it is ready. */
  get obstacle(): Obstacle | null {
    return this.#obstacle;
  }

  /** True once the schema was that of this version. */
  get migrated(): boolean {
    return this.#migrated;
  }

  /** Why the database can never become ready without a person: the hub should say it and exit non-zero. */
  get failure(): AppError | null {
    return this.#failure;
  }

  /** Process id of the embedded server. */
  get embeddedPid(): number | null {
    return this.#embedded?.pid ?? null;
  }

  /** Begins to connect, in the background; HTTP can be served meanwhile. */
  start(): void {
    // The clock's timers let the process end; while a database is awaited or stopped it must not.
    this.#keepAlive ??= setInterval(() => undefined, keepAliveMs);
    this.#running ??= this.#run();
  }

  /** Called on each change of state or obstacle, and on a failure. @returns how to stop it. */
  onChange(listener: (state: DatabaseState) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Called when changes can be stored again after a time in which they could not. @returns how to stop it. */
  onReturn(listener: () => void): () => void {
    let missed = false;
    return this.onChange((state) => {
      const usable = state === 'ready' && this.#obstacle === null;
      if (usable && missed) listener();
      missed = !usable && (missed || state !== 'connecting');
    });
  }

  /**
   * Resolves when the database is ready.
   * @throws AppError DB_MIGRATION_REFUSED, DB_START_FAILED, STATE_LOCKED: final; SHUTTING_DOWN; the signal's reason.
   */
  whenReady(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const error =
          this.#failure ?? (this.#stop.signal.aborted ? new AppError('SHUTTING_DOWN') : abortError(signal));
        if (error === null && this.#state !== 'ready') return;
        off();
        signal?.removeEventListener('abort', look);
        if (error) reject(error);
        else resolve();
      };
      const off = this.onChange(look);
      signal?.addEventListener('abort', look);
      look();
    });
  }

  /** Closes connections and stops the embedded server; bounded. */
  dispose(): Promise<void> {
    this.#disposed ??= this.#close();
    return this.#disposed;
  }

  /** The error for whatever needs the database now. */
  unavailable(): AppError {
    const what =
      this.#state === 'connecting' ? 'The database is not ready yet' : 'The database is not reachable';
    return new AppError('DB_UNAVAILABLE', {
      message: what,
      retryAfterS: 5,
      cause: this.#failure ?? undefined,
    });
  }

  async #close(): Promise<void> {
    const { clock } = this.#options;
    this.#stop.abort();
    this.#poke.abort();
    this.#notify();
    await this.#running;
    const closing = this.#guarded.disconnect().then(() => this.#pool.end());
    await within(closing, { ms: closeTimeoutMs, what: 'Closing the database connections', clock }).catch(
      (error: unknown) => {
        this.#options.logger.warn({ err: error }, 'database connections did not close in time');
      },
    );
    try {
      await this.#embedded?.stop();
    } finally {
      if (this.#keepAlive) clearInterval(this.#keepAlive);
    }
  }

  async #run(): Promise<void> {
    const { clock } = this.#options;
    for (let attempt = 1; !this.#stop.signal.aborted && this.#failure === null; attempt += 1) {
      try {
        const ping = await this.#open();
        attempt = 0;
        await this.#watch(ping);
      } catch (error) {
        if (this.#stop.signal.aborted) break;
        if (this.#isFinal(error)) this.#fail(error);
        else this.#report(error, attempt);
      }
      if (this.#state === 'ready') this.#become('down');
      if (this.#failure) break;
      const wait = backoffMs(Math.max(attempt, 1), { ...retry, random: Math.random });
      await delay(wait, clock, this.#stop.signal).catch(() => undefined);
    }
  }

  /** Server up, schema current, and a connection of our own that tells whether it stays so. */
  async #open(): Promise<pg.Client> {
    const { url, migrationsDir, logger, beforeMigrating } = this.#options;
    const address = await this.#embedded?.ensureRunning(this.#stop.signal);
    if (address) Object.assign(this.#pool.options, address);
    const config: pg.ClientConfig = address ?? { connectionString: url ?? '' };
    if (!this.#migrated) {
      const applied = await migrateToCurrent(config, migrationsDir, beforeMigrating);
      if (applied.length > 0) logger.info({ applied }, 'database migrated');
      this.#migrated = true;
    }
    const ping = new pg.Client({
      ...config,
      application_name: 'roundhouse-hub-ping',
      connectionTimeoutMillis: pingTimeoutMs,
      query_timeout: pingTimeoutMs,
      keepAlive: true,
    });
    ping.on('error', () => {
      this.#poke.abort();
    });
    await ping.connect();
    return ping;
  }

  /** Pings until that fails; throws then, or returns when the database is closed. */
  async #watch(ping: pg.Client): Promise<void> {
    try {
      while (!this.#stop.signal.aborted) {
        this.#poke = new AbortController();
        const now = this.#options.clock.monotonic();
        const mayWrite = now - this.#probedAt >= probeEveryMs;
        if (mayWrite) this.#probedAt = now;
        const before = this.#obstacle;
        const seen = await readObstacle(ping, before, mayWrite);
        // Before it is ready: whoever hears that may write at once. A change that was refused meanwhile knows better.
        if (this.#obstacle === before) this.#hinder(seen);
        this.#become('ready');
        await delay(pingEveryMs, this.#options.clock, this.#poke.signal).catch(() => undefined);
      }
    } finally {
      const closing = ping.end();
      await within(closing, { ms: pingTimeoutMs, what: 'ping', clock: this.#options.clock }).catch(
        () => undefined,
      );
    }
  }

  /** An external database may still be created, started or given its password: only these cannot mend themselves. */
  #isFinal(error: unknown): error is AppError {
    if (!(error instanceof AppError)) return false;
    if (error.code === 'DB_MIGRATION_REFUSED') return true;
    return !this.#migrated && (error.code === 'DB_START_FAILED' || error.code === 'STATE_LOCKED');
  }

  /** The first attempts, then about one line a minute. */
  #report(error: unknown, attempt: number): void {
    if (attempt > 3 && attempt % 40 !== 0) return;
    const reason = error instanceof Error ? error.message : String(error);
    this.#options.logger.warn(
      { reason, attempt, state: this.#state },
      'database not reachable, trying again',
    );
  }

  #fail(error: AppError): void {
    this.#failure = error;
    this.#notify();
  }

  #become(state: DatabaseState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#options.logger.info({ state }, 'database');
    if (state === 'down') this.#waiting.letGo(() => this.unavailable());
    this.#notify();
  }

  #hinder(obstacle: Obstacle | null): void {
    if (this.#obstacle === obstacle) return;
    this.#obstacle = obstacle;
    const { logger } = this.#options;
    if (obstacle) logger.error({ obstacle }, `${obstacleWords[obstacle]}: nothing can be changed`);
    else logger.info('the database takes changes again');
    this.#notify();
  }

  #notify(): void {
    for (const listener of [...this.#listeners]) listener(this.#state);
  }
}

function abortError(signal: AbortSignal | undefined): Error | null {
  if (!signal?.aborted) return null;
  const reason: unknown = signal.reason;
  return reason instanceof Error ? reason : new Error('Aborted');
}
