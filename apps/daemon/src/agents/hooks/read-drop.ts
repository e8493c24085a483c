// Reads one event's file, which anybody with the agent's rights may have put there.
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { EVENT_BYTES_MAX } from '../relay/relay-script.js';

/** Never follows a link and never waits, as for a pipe with nobody behind it. */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

export interface DropText {
  /** Empty for one that is too large to be an event. */
  readonly text: string;
  /** Wall clock of the file system, ms. */
  readonly writtenAt: number;
}

/**
 * Null when it is gone, is no file, or was written at `knownAt`. Synchronous: a few hundred bytes from memory, dozens of times a second, for
 * which going through other threads would cost ten times as much.
 */
export function readDrop(file: string, knownAt: number | null = null): DropText | null {
  let fd: number | null = null;
  try {
    fd = openSync(file, FLAGS);
    const found = fstatSync(fd);
    if (!found.isFile()) return null;
    const writtenAt = found.mtimeMs;
    if (writtenAt === knownAt) return null;
    if (found.size > EVENT_BYTES_MAX) return { text: '', writtenAt };
    const buffer = Buffer.allocUnsafe(found.size);
    const bytes = readSync(fd, buffer, 0, found.size, 0);
    return { text: buffer.toString('utf8', 0, bytes), writtenAt };
  } catch {
    return null;
  } finally {
    if (fd !== null) closeSync(fd);
  }
}
