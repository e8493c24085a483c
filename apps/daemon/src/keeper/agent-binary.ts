// Finds the agent's program before anything is forked, so that a missing one is an error with a name.
import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs';
import { delimiter, isAbsolute, resolve } from 'node:path';
import { KeeperFault } from './keeper-fault.js';

export interface AgentRequest {
  /** A path, or a name to look up on `path`. */
  readonly program: string;
  readonly cwd: string;
  /** The PATH of the agent's environment. */
  readonly path: string | undefined;
}

/**
 * Absolute path of the program.
 * @throws KeeperFault DIRECTORY_MISSING (cwd), AGENT_NOT_FOUND (nowhere, or not executable, or without its interpreter)
 */
export function resolveAgent(request: AgentRequest): string {
  if (!isDirectory(request.cwd)) {
    throw new KeeperFault('DIRECTORY_MISSING', `The working directory ${request.cwd} does not exist`);
  }
  const candidates = request.program.includes('/')
    ? [resolve(request.cwd, request.program)]
    : (request.path ?? '').split(delimiter).map((dir) => resolve(request.cwd, dir, request.program));
  const files = candidates.filter(isFile);
  const found = files.find(isExecutable);
  if (found === undefined) throw notFound(request, files[0]);
  const interpreter = interpreterOf(found);
  if (interpreter !== null && !isFile(interpreter)) {
    throw new KeeperFault(
      'AGENT_NOT_FOUND',
      `${found} needs ${interpreter}, which is not on this host`,
      `Install ${interpreter}, or correct the first line of ${found}.`,
    );
  }
  return found;
}

function notFound(request: AgentRequest, file: string | undefined): KeeperFault {
  if (file !== undefined) {
    return new KeeperFault('AGENT_NOT_FOUND', `${file} is not executable`, `chmod +x ${file}`);
  }
  if (request.program.includes('/'))
    return new KeeperFault('AGENT_NOT_FOUND', `There is no ${request.program}`);
  return new KeeperFault(
    'AGENT_NOT_FOUND',
    `There is no program ${request.program} on the PATH of the session`,
    `Install ${request.program}, or add its directory to the PATH: ${request.path ?? '(PATH is not set)'}`,
  );
}

/** The absolute path after #!, null for a binary. */
function interpreterOf(file: string): string | null {
  const start = firstBytes(file, 256);
  if (start === null) return null; // Executable but not readable: only the kernel can tell.
  const match = /^#![ \t]*([^ \t\r\n]+)/.exec(start.toString('latin1'));
  const path = match?.[1];
  return path !== undefined && isAbsolute(path) ? path : null;
}

function firstBytes(file: string, count: number): Buffer | null {
  try {
    const fd = openSync(file, 'r');
    try {
      const bytes = Buffer.alloc(count);
      return bytes.subarray(0, readSync(fd, bytes, 0, count, 0));
    } finally {
      closeSync(fd);
    }
  } catch {
    return null;
  }
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
