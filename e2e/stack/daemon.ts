// A daemon process with its own state directory and roots, that can be killed and started again.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { daemonEntry, daemonFlags, isUnderTest } from './paths.js';
import { Program, type End } from './program.js';

export interface DaemonSettings {
  readonly name: string;
  /** Holds state, home and roots. */
  readonly base: string;
  readonly hubUrl: string;
  readonly roots?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly entry?: string;
  readonly launcher?: readonly string[];
}

export class DaemonProcess {
  readonly name: string;
  readonly stateDir: string;
  readonly home: string;
  readonly roots: readonly string[];
  /** Set when it is enrolled. */
  hostId = '';
  #entry: string;
  readonly #programs: Program[] = [];

  constructor(private readonly settings: DaemonSettings) {
    this.name = settings.name;
    this.#entry = settings.entry ?? daemonEntry;
    this.stateDir = path.join(settings.base, 'state');
    this.home = path.join(settings.base, 'home');
    this.roots = settings.roots ?? [path.join(settings.base, 'src')];
    for (const dir of [this.stateDir, this.home, ...this.roots]) mkdirSync(dir, { recursive: true });
  }

  get root(): string {
    return this.roots[0] ?? '/';
  }

  get program(): Program {
    const program = this.#programs.at(-1);
    if (!program) throw new Error('the daemon was not started');
    return program;
  }

  /** What all its lives have said. */
  get log(): string[] {
    return this.#programs.flatMap(({ lines }) => lines);
  }

  /** Does not wait for its connection. `build`: another program than the last time, from now on. */
  start(joinToken?: string, build?: string): void {
    this.#entry = build ?? this.#entry;
    const { hubUrl, env = {}, launcher = [] } = this.settings;
    const program = new Program({
      name: `daemon ${this.name}`,
      args: [...daemonFlags, this.#entry],
      launcher,
      ipc: isUnderTest(this.#entry),
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
    this.#programs.push(program);
  }

  kill9(): Promise<End> {
    return this.program.kill('SIGKILL');
  }

  async stop(): Promise<End | null> {
    return (await this.#programs.at(-1)?.stop()) ?? null;
  }
}
