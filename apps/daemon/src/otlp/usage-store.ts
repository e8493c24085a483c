// Usage states as files, one per epoch of a session: each write is whole or does not happen.
import { open, readFile, rename, rm, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { newId, type Logger } from '@roundhouse/kit';
import { sourceKey, type Source } from './token-registry.js';
import { fromVersion1 } from './usage-state-v1.js';
import { emptyUsageState, usageStateSchema, usageStateText, type UsageState } from './usage-state.js';

export interface UsageStore {
  /** The stored state, or null when there is none. */
  load(source: Source): Promise<UsageState | null>;
  /** Resolves when a crash can no longer take the state back. */
  save(source: Source, state: UsageState): Promise<void>;
}

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
      const parsed = usageStateSchema.safeParse(value);
      if (parsed.success) return parsed.data;
      const earlier = fromVersion1(value);
      if (earlier !== null) return earlier;
      // The totals start again, but above every revision that the hub has seen.
      const aside = `${file}.unreadable-${String(now())}`;
      await rename(file, aside);
      logger.error({ session: sourceKey(source), aside }, 'usage state is unreadable; it was set aside');
      return emptyUsageState(now(), now());
    },
    async save(source, state) {
      const file = fileOf(source);
      const temporary = `${file}.${newId()}.tmp`;
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      try {
        await writeSynced(temporary, usageStateText(state));
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
