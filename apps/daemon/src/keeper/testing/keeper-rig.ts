// Test rig: a built keeper in a temporary state directory, real processes, and a daemon-side recorder of the stream.
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { KeeperExit, KeeperResize, ProcessRef } from '@roundhouse/protocol';
import { installKeeper, type InstalledKeeper } from '../keeper-bundle.js';
import {
  connectKeeper,
  type KeeperClient,
  type KeeperClosed,
  type ConnectKeeperOptions,
  type KeeperHandlers,
} from '../keeper-client.js';
import { isProcessAlive } from '../proc.js';
import { stopProcessTree } from '../process-tree.js';
import { ensureRuntimeDir, keeperSocketPath } from '../runtime-dir.js';
import type { SpawnSpec } from '../spawn-spec.js';
import { startKeeper } from '../start-keeper.js';

const script = join(dirname(fileURLToPath(import.meta.url)), '../../../scripts/build-keeper.mjs');

export interface TestSession {
  readonly sessionId: string;
  readonly dir: string;
  readonly socketPath: string;
  readonly keeper: ProcessRef;
  readonly agent: ProcessRef;
}

/** Owns a state directory and every keeper started in it. */
export class KeeperRig {
  readonly stateDir = mkdtempSync(join(tmpdir(), 'rh-'));
  readonly #sessions: TestSession[] = [];
  readonly #clients: KeeperClient[] = [];
  #installed: InstalledKeeper | null = null;
  #count = 0;

  async installed(): Promise<InstalledKeeper> {
    if (this.#installed) return this.#installed;
    const { buildKeeper }: { buildKeeper: (outDir: string) => Promise<void> } = await import(script);
    const built = join(this.stateDir, 'built');
    await buildKeeper(built);
    this.#installed = await installKeeper(this.stateDir, built);
    return this.#installed;
  }

  /** A keeper as it was before version 2 of the protocol: it refuses every frame of a later one. */
  async installedOld(): Promise<InstalledKeeper> {
    await this.installed();
    const path = join(this.stateDir, 'built', 'keeper.mjs');
    const code = readFileSync(path, 'utf8');
    const range = /(KEEPER_PROTO = \{\s*min: 1,\s*max: )2/;
    if (!range.test(code)) throw new Error('the range of versions is not where it was');
    const built = join(this.stateDir, 'built-old');
    cpSync(join(this.stateDir, 'built'), built, { recursive: true });
    writeFileSync(join(built, 'keeper.mjs'), code.replace(range, '$11'));
    return installKeeper(this.stateDir, built);
  }

  /** A session directory and a spec for a shell script, not started yet. */
  spec(shell: string, change: Partial<SpawnSpec> = {}): Omit<SpawnSpec, 'build'> {
    this.#count += 1;
    const sessionId = change.sessionId ?? `test-${String(process.pid)}-${String(this.#count)}`;
    const dir = join(this.stateDir, 'sessions', sessionId, '1');
    mkdirSync(dir, { recursive: true });
    return {
      sessionId,
      epoch: 1,
      dir,
      socketPath: keeperSocketPath(ensureRuntimeDir(this.stateDir), sessionId, 1),
      argv: ['sh', '-c', shell],
      cwd: this.stateDir,
      env: { PATH: process.env['PATH'] ?? '', HOME: this.stateDir },
      cols: 80,
      rows: 24,
      ...change,
    };
  }

  async start(
    shell: string,
    change: Partial<SpawnSpec> = {},
    keeper: InstalledKeeper | null = null,
  ): Promise<TestSession> {
    const spec = this.spec(shell, change);
    const started = await startKeeper({ keeper: keeper ?? (await this.installed()), spec });
    const session = { ...started, sessionId: spec.sessionId, dir: spec.dir, socketPath: spec.socketPath };
    this.#sessions.push(session);
    return session;
  }

  connect(session: { socketPath: string }, recorder: Recorder, generation = 1): Promise<KeeperClient> {
    return this.#connect(
      { socketPath: session.socketPath, generation, handlers: recorder.handlers },
      recorder,
    );
  }

  connectReader(session: { socketPath: string }, recorder: Recorder): Promise<KeeperClient> {
    return this.#connect({ socketPath: session.socketPath, handlers: recorder.handlers }, recorder);
  }

  async #connect(options: ConnectKeeperOptions, recorder: Recorder): Promise<KeeperClient> {
    const client = await connectKeeper({ ...options, timeoutMs: 3_000 });
    recorder.client = client;
    this.#clients.push(client);
    return client;
  }

  /** Ends every keeper and everything that its agent started, however the test ended. */
  async dispose(): Promise<void> {
    for (const client of this.#clients) client.dispose();
    for (const { keeper, agent, sessionId } of this.#sessions) {
      if (isProcessAlive(keeper)) process.kill(keeper.pid, 'SIGKILL');
      await stopProcessTree({ sessionId, agent, force: true });
    }
    rmSync(this.stateDir, { recursive: true, force: true });
  }
}

/** Everything a client heard, in order; acknowledges at once unless told not to. */
export class Recorder {
  client: KeeperClient | null = null;
  readonly events: string[] = [];
  readonly chunks: Buffer[] = [];
  readonly gaps: { from: number; to: number }[] = [];
  readonly resizes: KeeperResize[] = [];
  readonly closed: KeeperClosed[] = [];
  exit: KeeperExit | null = null;
  /** Offset after the last byte heard. */
  off = 0;
  bytes = 0;
  acks = true;
  #waiting: (() => void)[] = [];

  readonly handlers: KeeperHandlers = {
    onData: (off, bytes) => {
      this.chunks.push(bytes);
      this.bytes += bytes.length;
      this.off = off + bytes.length;
      if (this.acks) this.client?.ack(this.off);
      this.#heard(`data ${String(off)}+${String(bytes.length)}`);
    },
    onGap: (from, to) => {
      this.gaps.push({ from, to });
      this.#heard(`gap ${String(from)}-${String(to)}`);
    },
    onResized: (resize) => {
      this.resizes.push(resize);
      this.#heard(`size ${String(resize.off)} ${String(resize.cols)}x${String(resize.rows)}`);
    },
    onExit: (exit) => {
      this.exit = exit;
      this.#heard(`exit ${String(exit.off)}`);
    },
    onExited: ({ off }) => this.#heard(`exited ${String(off)}`),
    onState: ({ degraded }) => this.#heard(`degraded ${String(degraded)}`),
    onClosed: (closed) => {
      this.closed.push(closed);
      this.#heard(`closed ${closed.kind}`);
    },
  };

  get text(): string {
    return Buffer.concat(this.chunks).toString('utf8');
  }

  get sha256(): string {
    return sha256(Buffer.concat(this.chunks));
  }

  /** Resolves when `done` holds, checked at every event. */
  async until(done: () => boolean, what: string, ms = 10_000): Promise<void> {
    const deadline = performance.now() + ms;
    while (!done()) {
      if (performance.now() > deadline)
        throw new Error(`${what}: not within ${String(ms)} ms; ${this.events.slice(-5).join(', ')}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 100);
        this.#waiting.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  untilExit(ms?: number): Promise<void> {
    return this.until(() => this.exit !== null, 'exit', ms);
  }

  #heard(event: string): void {
    this.events.push(event);
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

export const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** Resolves when `check` holds. */
export async function eventually(
  check: () => boolean | Promise<boolean>,
  what: string,
  ms = 5_000,
): Promise<void> {
  const deadline = performance.now() + ms;
  while (!(await check())) {
    if (performance.now() > deadline) throw new Error(`${what}: not within ${String(ms)} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
