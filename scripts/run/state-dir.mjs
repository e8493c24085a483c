// Owns where `npm start` keeps its own files; the same rule as the hub's configuration.
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { RunError } from './output.mjs';

/** ROUNDHOUSE_STATE_DIR, else /var/lib/roundhouse for root, else $XDG_DATA_HOME/roundhouse. */
export function stateDir(env = process.env, uid = process.getuid?.()) {
  if (env.ROUNDHOUSE_STATE_DIR) return resolve(env.ROUNDHOUSE_STATE_DIR);
  if (uid === 0) return '/var/lib/roundhouse';
  return join(env.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'roundhouse');
}

/**
 * Makes the state directory and its `logs`. As root the directory can be traversed (not read) by others, since the
 * database runs as another user below it.
 */
export function prepareStateDir(path, uid = process.getuid?.()) {
  try {
    if (!existsSync(path)) {
      mkdirSync(path, { recursive: true });
      chmodSync(path, uid === 0 ? 0o711 : 0o700);
    }
    mkdirSync(join(path, 'logs'), { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new RunError(`The state directory ${path} cannot be used: ${cause.message}.`, {
      hint: 'Set ROUNDHOUSE_STATE_DIR to a directory that this user may write, for example ~/roundhouse.',
      cause,
    });
  }
}
