// Everything that may fail, failing at once: each kind of fault on a schedule of its own, all of it from one seed.
import { Random } from './random.js';
import { pause } from './size.js';
import type { TerminalBed } from './terminal-bed.js';
import type { TcpProxy } from './proxy.js';

export type FaultKind = 'daemon' | 'hub' | 'hostLine' | 'viewLine';
const kinds: readonly FaultKind[] = ['daemon', 'hub', 'hostLine', 'viewLine'];

/** Milliseconds between two faults of one kind. */
const restMs = [400, 1_800] as const;
/** Milliseconds that a line is bad; below and above what it takes to give it up. */
const badMs = [100, 2_500] as const;

export class Chaos {
  /** What was done and when, for whoever has to find out. */
  readonly story: string[] = [];
  #until = 0;
  readonly #began = performance.now();

  constructor(
    private readonly bed: TerminalBed,
    readonly seed: number,
  ) {}

  /** Resolves when everything runs again and every line is whole. */
  async run(forMs: number): Promise<void> {
    this.#until = performance.now() + forMs;
    await Promise.all(kinds.map((kind, index) => this.#loop(kind, new Random(this.seed * 31 + index))));
    this.#tell('all healed');
  }

  async #loop(kind: FaultKind, random: Random): Promise<void> {
    for (;;) {
      await pause(random.between(...restMs));
      if (performance.now() > this.#until) return;
      await this.#strike(kind, random);
    }
  }

  async #strike(kind: FaultKind, random: Random): Promise<void> {
    const { stack, daemon, hostLine, viewLine } = this.bed;
    if (kind === 'daemon') {
      this.#tell('daemon: kill -9');
      await daemon.kill9();
      await pause(random.between(0, 800));
      daemon.start();
    } else if (kind === 'hub') {
      this.#tell('hub: kill -9');
      await stack.hub.kill9();
      await stack.hub.start();
      this.#tell('hub: ready again');
    } else await this.#strikeLine(kind, kind === 'hostLine' ? hostLine : viewLine, random);
  }

  async #strikeLine(kind: FaultKind, line: TcpProxy, random: Random): Promise<void> {
    const how = random.pick(['hole', 'hole', 'half', 'delay', 'cut'] as const);
    const ms = random.between(...badMs);
    this.#tell(`${kind}: ${how} for ${String(ms)} ms`);
    if (how === 'hole') line.hole();
    else if (how === 'half') line.hole({ way: random.pick(['up', 'down'] as const) });
    else if (how === 'delay') line.delay(random.between(20, 300));
    else line.cut();
    await pause(how === 'cut' ? 0 : ms);
    line.heal();
  }

  #tell(what: string): void {
    this.story.push(`${String(Math.round(performance.now() - this.#began))} ms ${what}`);
  }
}
