// Where the keepers' sockets live: private, and with a path that the kernel can hold (under 108 bytes).
import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '@roundhouse/protocol';

/** sun_path of unix(7), less the NUL; macOS has 104. */
const MAX_SOCKET_PATH = 103;
const NAME_BYTES = '/0123456789abcdef.sock'.length;

/**
 * The directory for sockets of this state directory. It is `<stateDir>/run`, which lives as long as the sessions do;
 * where that path is too long, a directory of this user under the temporary directory.
 * @throws AppError CONFIG_INVALID when no path is short enough
 */
export function runtimeDirOf(stateDir: string): string {
  const inState = join(stateDir, 'run');
  const short = join(tmpdir(), `roundhouse-${String(process.getuid?.() ?? 0)}-${hash(stateDir).slice(0, 8)}`);
  const dir = [inState, short].find((path) => Buffer.byteLength(path) + NAME_BYTES <= MAX_SOCKET_PATH);
  if (dir === undefined) {
    throw new AppError('CONFIG_INVALID', {
      message: `No socket path under ${stateDir} or ${tmpdir()} is short enough`,
      hint: 'Set ROUNDHOUSE_STATE_DIR to a shorter path.',
    });
  }
  return dir;
}

/**
 * Makes it if it is missing (0700).
 * @throws AppError CONFIG_INVALID when it belongs to somebody else or no path is short enough
 */
export function ensureRuntimeDir(stateDir: string): string {
  const dir = runtimeDirOf(stateDir);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const stat = lstatSync(dir);
  if (!stat.isDirectory() || (process.getuid && stat.uid !== process.getuid())) {
    throw new AppError('CONFIG_INVALID', {
      message: `${dir} belongs to somebody else`,
      hint: 'Remove it, or set ROUNDHOUSE_STATE_DIR to another directory.',
    });
  }
  chmodSync(dir, 0o700);
  return dir;
}

/** Socket of one epoch of one session. */
export function keeperSocketPath(runtimeDir: string, sessionId: string, epoch: number): string {
  return join(runtimeDir, `${hash(`${sessionId} ${String(epoch)}`).slice(0, 16)}.sock`);
}

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
