// A PostgreSQL beside the hub, as its administrator meets it: it stops, starts, hangs.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { copyDatabase } from './database-template.js';
import { inRepository } from './paths.js';
import { endProcessesOf, signalWithChildren } from './processes.js';
import { Program } from './program.js';
import type { Body } from './rest.js';

export class PostgresServer {
  #program: Program | null = null;
  /** As DATABASE_URL wants it. */
  url = '';

  private constructor(
    private readonly base: string,
    private readonly isMounted: boolean,
  ) {}

  /** @param sizeMb on a disk of its own, as small as that; needs the right to mount */
  static async start(sizeMb: number | null = null): Promise<PostgresServer> {
    const base = mkdtempSync(path.join(tmpdir(), 'rh-e2e-pg-'));
    // The database's own user enters it.
    chmodSync(base, 0o711);
    const stateDir = path.join(base, 'state');
    mkdirSync(stateDir);
    if (sizeMb !== null)
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${String(sizeMb)}m,mode=711`, 'none', stateDir]);
    const server = new PostgresServer(base, sizeMb !== null);
    try {
      copyDatabase(stateDir);
      server.#program = new Program({
        ...{
          name: 'PostgreSQL',
          args: [inRepository('e2e/scripts/postgres.mjs'), stateDir],
          env: {},
          ipc: true,
        },
      });
      server.url = await server.#running.line('PostgreSQL is ready: ');
      return server;
    } catch (error) {
      await server.dispose();
      throw error;
    }
  }

  /** Where its data are. */
  get dataDir(): string {
    return path.join(this.base, 'state/database/data');
  }

  /** As its administrator; one statement. */
  sql(sql: string): Promise<Body> {
    return this.#running.order('sql', { sql });
  }

  /** Connections of the hub for what people and hosts ask, as the server counts them. */
  async connections(): Promise<number> {
    const [row] = await this.sql(
      `SELECT count(*)::int AS number FROM pg_stat_activity WHERE application_name = 'roundhouse-hub'`,
    );
    return row.number;
  }

  /** Nobody listens any more: connections are refused. */
  async halt(): Promise<void> {
    await this.#running.order('stop');
  }

  /** On the port that it had. */
  async resume(): Promise<void> {
    await this.#running.order('start');
  }

  /** Connections are taken by the kernel, and nobody answers: the server and all its children stand still. */
  async freeze(): Promise<void> {
    await this.#signal('SIGSTOP');
  }

  async thaw(): Promise<void> {
    await this.#signal('SIGCONT');
  }

  /** Ends it and removes its files. */
  async dispose(): Promise<void> {
    if (this.#program && !this.#program.end) {
      await this.thaw().catch(() => undefined);
      await this.#program.stop();
    }
    await endProcessesOf(this.base);
    if (this.isMounted) execFileSync('umount', [path.join(this.base, 'state')]);
    rmSync(this.base, { recursive: true, force: true, maxRetries: 5 });
  }

  get #running(): Program {
    if (!this.#program) throw new Error('PostgreSQL was not started');
    return this.#program;
  }

  async #signal(signal: NodeJS.Signals): Promise<void> {
    signalWithChildren((await this.#running.order('pid')) as number, signal);
  }
}
