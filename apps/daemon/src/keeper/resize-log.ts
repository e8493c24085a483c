// Which size was in force at which byte. Kept in memory and in `resizes.log` of the session directory, bounded.
import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KeeperResize } from '@roundhouse/protocol';

/** Entries kept; with 10 resizes/s at most this is minutes of dragging, and it fits in one frame's header. */
export const MAX_RESIZES = 1024;
const FILE = 'resizes.log';

export class ResizeLog {
  readonly #path: string;
  #entries: KeeperResize[];
  #lines = 0;

  constructor(sessionDir: string, first: { cols: number; rows: number }) {
    this.#path = join(sessionDir, FILE);
    this.#entries = [{ off: 0, ...first }];
    this.#rewrite();
  }

  get entries(): readonly KeeperResize[] {
    return this.#entries;
  }

  get current(): KeeperResize {
    return this.at(Number.MAX_SAFE_INTEGER);
  }

  /** The size that byte `off` is drawn at; the oldest known one for bytes before the log. */
  at(off: number): KeeperResize {
    return sizeAt(this.#entries, off);
  }

  /** First change after `off`, null when there is none. */
  nextAfter(off: number): number | null {
    return sizeAfter(this.#entries, off);
  }

  /** @returns false when the size is in force already. */
  add(entry: KeeperResize): boolean {
    const { cols, rows, off } = this.current;
    if (cols === entry.cols && rows === entry.rows) return false;
    if (off === entry.off) this.#entries.pop();
    this.#entries.push(entry);
    if (this.#entries.length > MAX_RESIZES) this.#entries = this.#entries.slice(-MAX_RESIZES);
    if (this.#lines >= 2 * MAX_RESIZES) this.#rewrite();
    else this.#append(entry);
    return true;
  }

  #append(entry: KeeperResize): void {
    this.#lines += 1;
    quietly(() => appendFileSync(this.#path, line(entry), { mode: 0o600 }));
  }

  #rewrite(): void {
    this.#lines = this.#entries.length;
    quietly(() => {
      writeFileSync(`${this.#path}.tmp`, this.#entries.map(line).join(''), { mode: 0o600 });
      renameSync(`${this.#path}.tmp`, this.#path);
    });
  }
}

/** The resize log of an ended session, in order of offset. Empty when there is none; a torn last line is skipped. */
export function readResizes(sessionDir: string): KeeperResize[] {
  let text = '';
  quietly(() => (text = readFileSync(join(sessionDir, FILE), 'utf8')));
  const entries: KeeperResize[] = [];
  for (const [, off, cols, rows] of text.matchAll(/^(\d+) (\d+) (\d+)\n/gm)) {
    const entry = { off: Number(off), cols: Number(cols), rows: Number(rows) };
    if (entries.at(-1)?.off === entry.off) entries.pop();
    entries.push(entry);
  }
  return entries.slice(-MAX_RESIZES);
}

const line = (entry: KeeperResize): string =>
  `${String(entry.off)} ${String(entry.cols)} ${String(entry.rows)}\n`;

/** The size that byte `off` is drawn at; the oldest known one for bytes before the log. */
export function sizeAt(entries: readonly KeeperResize[], off: number): KeeperResize {
  return entries[lastIndexAt(entries, off)] ?? { off: 0, cols: 80, rows: 24 };
}

/** Offset of the first change after `off`, null when there is none. */
export function sizeAfter(entries: readonly KeeperResize[], off: number): number | null {
  return entries[lastIndexAt(entries, off) + 1]?.off ?? null;
}

/** Index of the entry in force at `off`; 0 before the first. */
function lastIndexAt(entries: readonly KeeperResize[], off: number): number {
  let low = 0;
  let high = entries.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((entries[middle]?.off ?? 0) <= off) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** A full disk must not stop the terminal; the log in memory still serves. */
function quietly(write: () => void): void {
  try {
    write();
  } catch {
    // Told by the spool's `degraded` flag, which meets the same disk.
  }
}
