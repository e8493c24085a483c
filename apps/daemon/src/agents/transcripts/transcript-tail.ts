// Follows the file that an agent writes of its conversation, for what it tells nowhere else. It is only read.
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** Read at once; where more was written meanwhile only the end counts. Bytes. */
export const tailMax = 256 * 1024;

export interface TailedLines {
  readonly lines: readonly string[];
  /** Where the next read begins. */
  readonly offset: number;
}

const newline = 0x0a;

/**
 * Whole lines from `offset` on; a line that is not ended yet is read again.
 * @throws the error of the system, also for a link that was put in the file's place
 */
export async function readTail(file: string, offset: number): Promise<TailedLines> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const { size } = await handle.stat();
    // Shorter than before: it was written anew.
    const begin = size < offset ? 0 : offset;
    const from = Math.max(begin, size - tailMax);
    if (size === from) return { lines: [], offset: from };
    const buffer = Buffer.alloc(size - from);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, from);
    const bytes = buffer.subarray(0, bytesRead);
    const end = bytes.lastIndexOf(newline) + 1;
    // In the middle of a line that is longer than what is read: skipped.
    const cut = from > begin ? bytes.indexOf(newline) + 1 : 0;
    const text = bytes.subarray(Math.min(cut, end), end).toString('utf8');
    const skipped = end === 0 && bytes.length === tailMax;
    return { lines: text.split('\n').filter(Boolean), offset: from + (skipped ? bytes.length : end) };
  } finally {
    await handle.close();
  }
}
