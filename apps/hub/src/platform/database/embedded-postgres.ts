// The embedded PostgreSQL server: installs, initialises, starts, watches and stops it. One hub per state
// directory; a server that a killed hub left behind is stopped first, so nothing blocks the next start.
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import { delay, type Clock } from '@roundhouse/kit';
import { AppError } from '@roundhouse/protocol';
import { findFreePort } from './free-port.js';
import { choosePostgresAccount, ensureReachable, type PostgresAccount } from './postgres-account.js';
import { installPostgresBinaries } from './postgres-binaries.js';
import {
  embeddedDatabase,
  embeddedUser,
  ensureCluster,
  makeDatabaseRoot,
  type ClusterOptions,
} from './postgres-cluster.js';
import { readPostmasterFile, settlePreviousServer, stopServer } from './postmaster-pid.js';
import { acquireStateLock, type StateLock } from './state-lock.js';

/** Recovery after a crash replays at most `max_wal_size` (1 GB by default): a minute on a slow disk. */
const startTimeoutMs = 120_000;
/** A port taken meanwhile, or memory of a dying server still attached: worth another try, for seconds. */
const startAttempts = 8;
const retryDelayMs = 500;
const pollMs = 20;
const transient = /could not bind|Address already in use|pre-existing shared memory|could not create any TCP/;

export interface EmbeddedPostgresOptions {
  readonly stateDir: string;
  readonly clock: Clock;
  /** One line for a person, when something takes noticeably long. */
  readonly onProgress?: (line: string) => void;
}

/** How to reach a server; what `pg` calls its configuration. */
export interface PostgresAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

interface Prepared {
  readonly lock: StateLock;
  readonly cluster: ClusterOptions;
  readonly password: string;
}

export class EmbeddedPostgres {
  readonly #options: EmbeddedPostgresOptions;
  #prepared: Prepared | null = null;
  #child: ChildProcess | null = null;
  #port = 0;

  constructor(options: EmbeddedPostgresOptions) {
    this.#options = options;
  }

  /** Process id of the running server. */
  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  /**
   * Starts the server unless it runs; safe to call again after it died (it then keeps its port).
   * @throws AppError DB_START_FAILED, STATE_LOCKED
   */
  async ensureRunning(signal?: AbortSignal): Promise<PostgresAddress> {
    this.#prepared ??= await this.#prepare();
    const { cluster, password } = this.#prepared;
    if (this.#child === null) {
      await settlePreviousServer(cluster.dataDir, this.#options.clock);
      this.#child = await this.#startWithRetries(cluster, signal);
    }
    return {
      host: '127.0.0.1',
      port: this.#port,
      user: embeddedUser,
      password,
      database: embeddedDatabase,
    };
  }

  /** Fast shutdown, bounded; then the state directory is free for another hub. */
  async stop(): Promise<void> {
    const pid = this.#child?.pid;
    try {
      if (pid !== undefined) await stopServer(pid, this.#options.clock);
    } finally {
      await this.#prepared?.lock.release();
      this.#prepared = null;
    }
  }

  async #prepare(): Promise<Prepared> {
    const onProgress = this.#options.onProgress ?? (() => undefined);
    await mkdir(this.#options.stateDir, { recursive: true, mode: 0o700 });
    // One spelling of the path, because a leftover server is recognised by it.
    const stateDir = await realpath(this.#options.stateDir);
    const root = path.join(stateDir, 'database');
    const dataDir = path.join(root, 'data');
    const account = await choosePostgresAccount(dataDir);
    await ensureReachable(stateDir, account);
    await makeDatabaseRoot(root, account);
    const lock = await acquireStateLock(path.join(root, 'hub.lock'));
    try {
      const binaries = await installPostgresBinaries(root, onProgress);
      const cluster = { root, dataDir, binaries, account, onProgress };
      return { lock, cluster, password: await ensureCluster(cluster) };
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  async #startWithRetries(cluster: ClusterOptions, signal?: AbortSignal): Promise<ChildProcess> {
    for (let attempt = 1; ; attempt += 1) {
      // The pool knows the first port, so a restarted server keeps it.
      if (this.#port === 0) this.#port = await findFreePort();
      try {
        return await this.#start(cluster, signal);
      } catch (error) {
        const again = error instanceof AppError && transient.test(error.message);
        if (!again || attempt === startAttempts) throw error;
        if (this.#firstStart) this.#port = 0;
        await delay(retryDelayMs, this.#options.clock, signal);
      }
    }
  }

  #firstStart = true;

  async #start(cluster: ClusterOptions, signal?: AbortSignal): Promise<ChildProcess> {
    const logFile = path.join(cluster.root, 'postgres.log');
    const child = launch(cluster, { port: this.#port, logFile });
    let failure: string | null = null;
    child.once('error', (error) => {
      failure = error.message;
    });
    child.once('exit', (code, exitSignal) => {
      failure ??= `it ended with ${exitSignal ?? `code ${String(code)}`}`;
      if (this.#child === child) this.#child = null;
    });
    const { clock } = this.#options;
    for (const end = clock.monotonic() + startTimeoutMs; clock.monotonic() < end;) {
      const file = await readPostmasterFile(cluster.dataDir);
      if (failure !== null) throw startFailed(failure, await tail(logFile));
      if (file?.pid === child.pid && file?.status === 'ready') {
        this.#firstStart = false;
        return child;
      }
      if (signal?.aborted) break;
      await delay(pollMs, clock);
    }
    if (child.pid !== undefined) await stopServer(child.pid, clock);
    throw startFailed(
      signal?.aborted ? 'the start was given up' : 'it was not ready in time',
      await tail(logFile),
    );
  }
}

interface LaunchOptions {
  readonly port: number;
  readonly logFile: string;
}

function launch(
  { binaries, dataDir, account }: ClusterOptions,
  { port, logFile }: LaunchOptions,
): ChildProcess {
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    // TCP with a password only; socket paths have a length limit and other users.
    unix_socket_directories: '',
    max_connections: '40',
    shared_buffers: '32MB',
    max_wal_size: '256MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
  };
  const args = ['-D', dataDir, '-p', String(port)];
  for (const [name, value] of Object.entries(settings)) args.push('-c', `${name}=${value}`);
  // A file, not a pipe: the server must be able to write after the hub was killed. Cut at each start.
  const log = openSync(logFile, 'w', 0o600);
  try {
    return spawn(binaries.postgres, args, {
      ...(account satisfies PostgresAccount | null),
      cwd: '/',
      env: { LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', log, log],
      // Ctrl-C in a terminal reaches the whole group: the hub alone decides when its database stops.
      detached: true,
    });
  } finally {
    closeSync(log);
  }
}

const tail = async (file: string): Promise<string> =>
  (await readFile(file, 'utf8').catch(() => '')).trim().slice(-500);

const startFailed = (why: string, log: string): AppError =>
  new AppError('DB_START_FAILED', {
    message: `The embedded PostgreSQL did not start: ${why}${log === '' ? '' : `\n${log}`}`,
  });
