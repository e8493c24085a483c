// What a keeper leaves on disk beside the spool: keeper.lock, keeper.json, exit.json. Never the environment.
import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { KeeperExit, KeeperFile } from '@roundhouse/protocol';
import { KeeperFault } from './keeper-fault.js';

export const KEEPER_FILE = 'keeper.json';
export const EXIT_FILE = 'exit.json';
const LOCK_FILE = 'keeper.lock';
/** An exit record fits; written at the start, so that a full disk cannot eat the exit code. */
const EXIT_RESERVE_BYTES = 1024;

/**
 * Takes the directory: one keeper per epoch, for ever. Also reserves the room of the exit record.
 * @throws KeeperFault SESSION_RUNNING when another keeper had it, DIRECTORY_MISSING, NO_SPACE, SPAWN_FAILED
 */
export function claimSessionDir(dir: string): void {
  try {
    closeSync(openSync(join(dir, LOCK_FILE), 'wx', 0o600));
    write(reservePath(dir), ' '.repeat(EXIT_RESERVE_BYTES), 'w');
  } catch (error) {
    throw claimFault(dir, error);
  }
}

export function writeKeeperFile(dir: string, file: KeeperFile): void {
  try {
    replace(dir, KEEPER_FILE, JSON.stringify(file));
  } catch (error) {
    throw claimFault(dir, error);
  }
}

/** Never throws: an agent's end must not depend on the disk. */
export function writeExitFile(dir: string, exit: KeeperExit): void {
  try {
    write(reservePath(dir), JSON.stringify(exit).padEnd(EXIT_RESERVE_BYTES), 'r+');
    renameSync(reservePath(dir), join(dir, EXIT_FILE));
  } catch (error) {
    process.stderr.write(`exit.json could not be written: ${String(error)}\n`);
  }
}

const reservePath = (dir: string): string => join(dir, `${EXIT_FILE}.tmp`);

function replace(dir: string, name: string, text: string): void {
  const temporary = join(dir, `${name}.tmp`);
  write(temporary, text, 'w');
  renameSync(temporary, join(dir, name));
}

function write(path: string, text: string, flags: 'w' | 'r+'): void {
  const fd = openSync(path, flags, 0o600);
  try {
    const bytes = Buffer.from(text);
    if (writeSync(fd, bytes) < bytes.length)
      throw Object.assign(new Error('short write'), { code: 'ENOSPC' });
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function claimFault(dir: string, error: unknown): KeeperFault {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EEXIST') return new KeeperFault('SESSION_RUNNING', `${dir} has had a keeper already`);
  if (code === 'ENOENT') return new KeeperFault('DIRECTORY_MISSING', `${dir} does not exist`);
  if (code === 'ENOSPC' || code === 'EDQUOT') return new KeeperFault('NO_SPACE', `No space left for ${dir}`);
  return new KeeperFault('SPAWN_FAILED', `${dir} cannot be written: ${String(error)}`);
}
