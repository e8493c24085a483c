// A daemon process with its own state directory and roots, that can be killed and started again.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { daemonEntry } from './paths.js';
import { Program, type End } from './program.js';

export interface DaemonSettings {
  readonly name: string;
  /** Holds state, home and roots. */
  readonly base: string;
  readonly hubUrl: string;
  readonly roots?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly entry?: string;
}

export class DaemonProcess {
  readonly name: string;
  readonly stateDir: string;
  readonly home: string;
  readonly roots: readonly string[];
  /** Set when it is enrolled. */
  hostId = '';
  #program: Program | null = null;

  constructor(private readonly settings: DaemonSettings) {
    this.name = settings.name;
    this.stateDir = path.join(settings.base, 'state');
    this.home = path.join(settings.base, 'home');
    this.roots = settings.roots ?? [path.join(settings.base, 'src')];
    for (const dir of [this.stateDir, this.home, ...this.roots]) mkdirSync(dir, { recursive: true });
  }

  get root(): string {
    return this.roots[0] ?? '/';
  }

  get program(): Program {
    if (!this.#program) throw new Error('the daemon was not started');
    return this.#program;
  }

  /** Does not wait for its connection. */
  start(joinToken?: string): void {
    const { hubUrl, entry = daemonEntry, env = {} } = this.settings;
    this.#program = new Program({
      name: `daemon ${this.name}`,
      args: [entry],
      ipc: entry !== daemonEntry,
      env: {
        HUB_URL: hubUrl,
        HOME: this.home,
        PROJECTS_ROOT: this.roots.join(':'),
        OTLP_PORT: '0',
        ROUNDHOUSE_STATE_DIR: this.stateDir,
        SHELL: '/bin/bash',
        LANG: 'C.UTF-8',
        ...(joinToken === undefined ? {} : { JOIN_TOKEN: joinToken }),
        ...env,
      },
    });
  }

  kill9(): Promise<End> {
    return this.program.kill('SIGKILL');
  }

  async stop(): Promise<End | null> {
    return (await this.#program?.stop()) ?? null;
  }
}
