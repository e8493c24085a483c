// Usage states as files, one per epoch of a session: each write is whole or does not happen.
import { open, readFile, rename, rm, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { newId, type Logger } from '@roundhouse/kit';
import { z } from 'zod';
import { sourceKey, type Source } from './token-registry.js';
import { fromVersion1 } from './usage-state-v1.js';
import { emptyUsageState, usageStateSchema, usageStateText, type UsageState } from './usage-state.js';

/** A state, and what it has to do with the journal and the outbox. */
export interface StoredUsage {
  readonly state: UsageState;
  /** Position of the last entry of the journal that is in it. */
  readonly position: number;
  /** Revision up to which minutes and prompts are in the outbox. */
  readonly told: number;
}

export interface UsageStore {
  /** What is stored, or null when there is nothing. */
  load(source: Source): Promise<StoredUsage | null>;
  /** Resolves when a crash can no longer take it back. */
  save(source: Source, stored: StoredUsage): Promise<void>;
}

const storedSchema = z.object({
  position: z.int().nonnegative(),
  told: z.int().nonnegative(),
  state: usageStateSchema,
});

interface FileUsageStoreOptions {
  /** Where the state of an epoch belongs; directories are made as needed. */
  readonly fileOf: (source: Source) => string;
  readonly logger: Logger;
  /** Wall time in milliseconds, for names and for revisions after a loss. */
  readonly now: () => number;
}

export function createFileUsageStore({ fileOf, logger, now }: FileUsageStoreOptions): UsageStore {
  return {
    async load(source) {
      const file = fileOf(source);
      const text = await readIfThere(file);
      if (text === null) return null;
      const value = parseJson(text);
      const parsed = storedSchema.safeParse(value);
      if (parsed.success) return parsed.data;
      const earlier = fromVersion1(value);
      if (earlier !== null) return { state: earlier, position: 0, told: 0 };
      // The totals start again, but above every revision that the hub has seen.
      const aside = `${file}.unreadable-${String(now())}`;
      await rename(file, aside);
      logger.error({ session: sourceKey(source), aside }, 'usage state is unreadable; it was set aside');
      return { state: emptyUsageState(now(), now()), position: 0, told: 0 };
    },
    async save(source, { position, told, state }) {
      const file = fileOf(source);
      const temporary = `${file}.${newId()}.tmp`;
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      try {
        const numbers = `"position":${String(position)},"told":${String(told)}`;
        await writeSynced(temporary, `{${numbers},"state":${usageStateText(state)}}`);
        await rename(temporary, file);
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
    },
  };
}

async function writeSynced(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
