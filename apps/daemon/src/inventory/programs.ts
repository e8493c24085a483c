// Programs of agents: where they are, what version they say, whether one could start. Here, or where agents run.
import { stat } from 'node:fs/promises';
import { AppError } from '@roundhouse/protocol';
import { resolveAgent } from '../keeper/agent-binary.js';
import { KeeperFault } from '../keeper/keeper-fault.js';
import { checkVersion, findProgram, type BinaryCheck, type BinaryResult } from './binary-check.js';

export interface FoundProgram {
  /** Absolute path. */
  readonly file: string;
  /** Another one when the file has changed. */
  readonly stamp: string;
}

export interface AgentRequest {
  readonly program: string;
  readonly cwd: string;
  /** The PATH of the agent's environment. */
  readonly path?: string | undefined;
}

export interface Programs {
  find(program: string, path: string | undefined): Promise<FoundProgram | null>;
  version(check: BinaryCheck): Promise<BinaryResult>;
  /** @throws AppError AGENT_NOT_FOUND, DIRECTORY_MISSING */
  require(request: AgentRequest): Promise<void>;
}

/** Those of this machine, or of this container. */
export const ownPrograms: Programs = {
  async find(program, path) {
    const file = await findProgram(program, path);
    return file === null ? null : { file, stamp: await stampOf(file) };
  },
  version: checkVersion,
  require: ({ program, cwd, path }) =>
    new Promise((resolve) => {
      requireAgent({ program, cwd, path });
      resolve();
    }),
};

async function stampOf(file: string): Promise<string> {
  const found = await stat(file).catch(() => null);
  return found ? `${String(found.ino)}:${String(found.size)}:${String(found.mtimeMs)}` : '';
}

function requireAgent(request: { program: string; cwd: string; path: string | undefined }): void {
  try {
    resolveAgent(request);
  } catch (error) {
    if (!(error instanceof KeeperFault)) throw error;
    const { code, message, hint } = error;
    throw new AppError(code, hint === undefined ? { message } : { message, hint });
  }
}
