// Reads one event's file, which anybody with the agent's rights may have put there.
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { EVENT_BYTES_MAX } from '../relay/relay-script.js';

/** Never follows a link and never waits, as for a pipe with nobody behind it. */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

export interface DropText {
  /** Empty for one that is too large to be an event. */
  readonly text: string;
  /** Wall clock of the file system, ms. */
  readonly writtenAt: number;
}

/** Null when it is gone, or is no file. */
export async function readDrop(file: string): Promise<DropText | null> {
  const handle = await open(file, FLAGS).catch(() => null);
  if (!handle) return null;
  try {
    const found = await handle.stat();
    if (!found.isFile()) return null;
    const writtenAt = found.mtimeMs;
    if (found.size > EVENT_BYTES_MAX) return { text: '', writtenAt };
    const buffer = Buffer.alloc(found.size);
    const { bytesRead } = await handle.read(buffer, 0, found.size, 0);
    return { text: buffer.toString('utf8', 0, bytesRead), writtenAt };
  } catch {
    return null;
  } finally {
    await handle.close();
  }
}
