// What the rows of bench:terminal stand on: the text, the product, the yardsticks; made once, on demand, ended together.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startOneHop, type OneHop, type OneHopServer } from '../terminals/one-hop.js';
import { writeColouredText } from '../text/coloured-text.js';
import { Bed } from './bed.js';
import type { Row } from './table.js';

const megabyte = 1_000_000;

export class Ground {
  readonly dir = mkdtempSync(path.join(tmpdir(), 'rh-bench-'));
  #bed: Promise<Bed> | null = null;
  #oneHop: Promise<OneHopServer> | null = null;
  readonly #texts = new Map<number, string>();

  constructor(readonly quick: boolean) {}

  /** A file of coloured text of at least so many megabytes. */
  text(mb: number): string {
    const known = this.#texts.get(mb);
    if (known !== undefined) return known;
    const file = path.join(this.dir, `text-${mb}`);
    writeColouredText(file, mb * megabyte);
    this.#texts.set(mb, file);
    return file;
  }

  bed(): Promise<Bed> {
    this.#bed ??= Bed.start();
    return this.#bed;
  }

  oneHopServer(): Promise<OneHopServer> {
    this.#oneHop ??= startOneHop();
    return this.#oneHop;
  }

  async oneHop(): Promise<OneHop> {
    return (await this.oneHopServer()).open();
  }

  async stop(): Promise<void> {
    (await this.#oneHop?.catch(() => null))?.stop();
    await (await this.#bed?.catch(() => null))?.stop();
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** One row of the table, or several that are taken together. */
export interface Measure {
  readonly name: string;
  readonly take: (ground: Ground) => Promise<Row[]>;
}
