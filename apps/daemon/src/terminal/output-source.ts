// What can be read of an epoch whose keeper is gone: from its files alone.
import type { Exit, Resize, StreamInfo } from '@roundhouse/protocol';
import type { KeeperResize } from '@roundhouse/protocol';
import { openEndedSession } from '../keeper/ended-session.js';

export interface OutputSlice {
  /** Later than asked for where bytes are gone. */
  readonly offset: number;
  readonly data: Buffer;
}

/** Sizes as the wire has them; at least one. */
export function resizesOf(log: readonly KeeperResize[], size: { cols: number; rows: number }): Resize[] {
  const sizes = log.map(({ off, cols, rows }) => ({ offset: off, cols, rows }));
  return sizes.length > 0 ? sizes : [{ offset: 0, ...size }];
}

export async function endedInfo(
  dir: string,
  epoch: number,
  fallback: { size: { cols: number; rows: number }; exit: Exit },
): Promise<StreamInfo> {
  const ended = await openEndedSession(dir);
  const head = Math.max(ended.spool.head, ended.exit?.off ?? 0);
  const exit = ended.exit ? { exitCode: ended.exit.exitCode, signal: ended.exit.signal } : fallback.exit;
  // Bytes that only the memory of the keeper had are gone with it.
  const oldest =
    ended.spool.head < head && ended.spool.head === ended.spool.oldest ? head : ended.spool.oldest;
  return { epoch, oldest, head, resizes: resizesOf(ended.resizes, fallback.size), exit };
}

/** At most `max` bytes; where nothing is left, an empty slice at the end of the output. */
export async function readEnded(dir: string, from: number, max: number): Promise<OutputSlice> {
  const { spool, exit } = await openEndedSession(dir);
  const slice = await spool.read(from, max);
  if (slice) return { offset: slice.off, data: slice.bytes };
  return { offset: Math.max(from, exit?.off ?? spool.head), data: Buffer.alloc(0) };
}
