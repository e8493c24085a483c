// For what is good to have stored and must not keep anybody from looking: when somebody was last seen.
import { AppError } from '@roundhouse/protocol';
import type { Database } from './database.js';

/** Left out while the database takes no changes. @throws what else goes wrong */
export async function whileWritable(
  { obstacle }: Pick<Database, 'obstacle'>,
  write: () => Promise<unknown>,
): Promise<void> {
  if (obstacle) return;
  try {
    await write();
  } catch (error) {
    // It takes none since a moment ago.
    if (!(error instanceof AppError && error.code === 'DB_READ_ONLY')) throw error;
  }
}
