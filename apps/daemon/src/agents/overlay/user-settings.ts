// Reads settings that belong to the user, the machine or the project. Never writes, never follows a stranger's link.
import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import path from 'node:path';
import type { JsonMap } from '@roundhouse/profiles';
import { isUnder } from '../../inventory/path-confinement.js';
import { parseRelaxedJson } from '../../state/relaxed-json.js';

/** Settings are short; a file that also keeps a history is none. */
const FILE_MAX = 1024 * 1024;

export interface SettingsPlaces {
  /** Of the agent. */
  readonly home: string;
  readonly cwd: string;
  /** Only then is a file of the project read at all. */
  readonly trusted: boolean;
  /** The agent's environment, for `$NAME/file`. */
  readonly env: Readonly<Record<string, string>>;
}

/** `missing` is no file; `unreadable` is one whose content nobody can tell, so that nothing may be put over it. */
export type UserSettings = JsonMap | 'missing' | 'unreadable';

/**
 * A path of a profile: `~/…` in the home directory, `$NAME/…` where a variable of the agent points to, absolute, or
 * else in the project.
 */
export async function readUserSettings(named: string, places: SettingsPlaces): Promise<UserSettings> {
  const place = placeOf(named, places);
  if (place === null) return 'missing';
  const file = await realpath(place.file).catch(() => null);
  if (file === null) return 'missing';
  if (place.root !== null && !isUnder(file, (await realpath(place.root).catch(() => null)) ?? place.root))
    return 'unreadable';
  const text = await readOwn(file);
  const value = text === null ? undefined : parseRelaxedJson(text.trim() === '' ? '{}' : text);
  return isMap(value) ? value : 'unreadable';
}

interface Place {
  readonly file: string;
  /** Links may not lead out of it; null for the user's own, who may keep them where they like. */
  readonly root: string | null;
}

function placeOf(named: string, { home, cwd, trusted, env }: SettingsPlaces): Place | null {
  if (named.startsWith('~/')) return { file: path.join(home, named.slice(2)), root: null };
  if (path.isAbsolute(named)) return { file: named, root: null };
  const variable = /^\$(\w+)\/(.+)$/.exec(named);
  if (variable) {
    const base = env[variable[1] ?? ''];
    return base !== undefined && path.isAbsolute(base)
      ? { file: path.join(base, variable[2] ?? ''), root: null }
      : null;
  }
  return trusted ? { file: path.join(cwd, named), root: cwd } : null;
}

/** Null for what is no file of this user or the system, or is too large. */
async function readOwn(file: string): Promise<string | null> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(file, flags).catch(() => null);
  if (!handle) return null;
  try {
    const found = await handle.stat();
    const ours = found.uid === 0 || found.uid === process.getuid?.();
    return found.isFile() && ours && found.size <= FILE_MAX ? await handle.readFile('utf8') : null;
  } catch {
    return null;
  } finally {
    await handle.close();
  }
}

const isMap = (value: unknown): value is JsonMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
