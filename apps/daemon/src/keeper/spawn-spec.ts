// What a daemon tells a new keeper, over the start pipe: never over argv or disk, since it holds the environment.
import { Fields } from './fields.js';
import { KeeperFault } from './keeper-fault.js';
import { SPOOL_SEGMENTS } from './spool.js';

/** Present in the environment of the agent and of everything it starts: the last resort to find them all. */
export const SESSION_MARKER = 'ROUNDHOUSE_SESSION';

export interface SpawnSpec {
  readonly sessionId: string;
  /** One PTY life of the session, from 1. */
  readonly epoch: number;
  /** Directory of this epoch; must exist and have had no keeper before. Holds keeper.json, exit.json, spool/. */
  readonly dir: string;
  /** Under 108 bytes; see runtime-dir.ts. */
  readonly socketPath: string;
  /** Hash of the installed keeper. */
  readonly build: string;
  /** Program (a path, or a name on the PATH of `env`) and its arguments. */
  readonly argv: readonly string[];
  readonly cwd: string;
  /** The whole environment of the agent; the marker and TERM are added. */
  readonly env: Readonly<Record<string, string>>;
  readonly cols: number;
  readonly rows: number;
  /** When the spool is full: drop the oldest bytes (default), or let the agent wait until they were taken. */
  readonly overflow?: Overflow;
  /** Output kept on disk, in MiB; default 64. */
  readonly spoolMb?: number;
  /** Milliseconds that the keeper stays after the exit when nobody sends FORGET. */
  readonly lingerMs?: number;
}

export type Overflow = 'drop' | 'block';

/** A state file that nobody fetched for a week is still on disk; the process need not be. */
export const LINGER_MS = 7 * 24 * 60 * 60 * 1000;

/** @throws KeeperFault VALIDATION_FAILED naming the field */
export function parseSpawnSpec(value: unknown): SpawnSpec {
  const fields = new Fields('spec', value);
  return {
    sessionId: fields.text('sessionId', 128),
    epoch: fields.int('epoch', 1),
    dir: fields.text('dir', 4096),
    socketPath: fields.text('socketPath', 107),
    build: fields.text('build', 128),
    argv: fields.texts('argv'),
    cwd: fields.text('cwd', 4096),
    env: fields.textMap('env'),
    ...fields.size(),
    overflow: fields.has('overflow') ? overflowOf(fields.text('overflow', 16)) : 'drop',
    spoolMb: fields.has('spoolMb') ? fields.int('spoolMb', 2, 1024 * 1024) : SPOOL_SEGMENTS,
    lingerMs: fields.has('lingerMs') ? fields.int('lingerMs', 0, 2 ** 31 - 1) : LINGER_MS,
  };
}

function overflowOf(text: string): Overflow {
  if (text === 'drop' || text === 'block') return text;
  throw new KeeperFault('VALIDATION_FAILED', 'spec.overflow must be drop or block');
}
