// What a doctor asks a machine. Nothing here changes anything, every wait is bounded, and what cannot be learnt is null.
import { constants, type Stats } from 'node:fs';
import { access, readFile, stat, statfs } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import { createServer } from 'node:net';
import path from 'node:path';
import type { DirFacts, FileFacts } from './common-checks.js';

/** A machine that answers does so in well under a second. */
const probeTimeoutMs = 3_000;
const answerMaxBytes = 64 * 1024;

export async function probeDir(dir: string): Promise<DirFacts> {
  const own = await statOrNull(dir);
  let nearest = dir;
  while ((await statOrNull(nearest)) === null && nearest !== path.dirname(nearest))
    nearest = path.dirname(nearest);
  const writable = await access(nearest, constants.W_OK | constants.X_OK).then(
    () => own === null || own.isDirectory(),
    () => false,
  );
  return {
    path: dir,
    exists: own !== null,
    writable,
    mode: own?.mode ?? 0,
    freeBytes: await probeFree(nearest),
  };
}

/** Bytes that this user may still write there. */
export async function probeFree(dir: string): Promise<number | null> {
  const found = await statfs(dir).catch(() => null);
  return found === null ? null : Number(found.bavail) * Number(found.bsize);
}

export async function probeFiles(files: readonly string[]): Promise<FileFacts[]> {
  const found = await Promise.all(files.map(async (file) => ({ path: file, own: await statOrNull(file) })));
  return found.flatMap(({ path: file, own }) => (own?.isFile() ? [{ path: file, mode: own.mode }] : []));
}

/** How many files a process may open; Linux. */
export async function probeDescriptors(): Promise<number | null> {
  const limits = await readFile('/proc/self/limits', 'utf8').catch(() => '');
  const soft = /^Max open files\s+(\S+)/m.exec(limits)?.[1];
  return soft === undefined || soft === 'unlimited' ? null : Number(soft);
}

export type PortState = 'free' | 'taken' | 'forbidden' | 'no such address';

/** Listens for a moment. */
export function probePort(host: string, port: number): Promise<PortState> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      resolve(portState(error.code));
    });
    server.listen({ host, port, exclusive: true }, () => {
      server.close(() => {
        resolve('free');
      });
    });
  });
}

function portState(code: string | undefined): PortState {
  if (code === 'EACCES') return 'forbidden';
  return code === 'EADDRINUSE' ? 'taken' : 'no such address';
}

export interface HttpAnswer {
  readonly status: number;
  /** Its clock when it answered, and ours in the middle of the exchange. */
  readonly serverMs: number | null;
  readonly localMs: number;
  readonly json: unknown;
}
export interface HttpFailure {
  readonly failure: string;
}

/** GET; `ca` is the only authority that is trusted, if given. */
export function probeHttp(url: string, ca: string | null = null): Promise<HttpAnswer | HttpFailure> {
  const begun = Date.now();
  return new Promise((resolve) => {
    const fail = (error: Error): void => {
      const code = 'code' in error ? String(error.code) : '';
      resolve({ failure: error.message === '' ? code : error.message });
    };
    const options = { signal: AbortSignal.timeout(probeTimeoutMs), ...(ca === null ? {} : { ca }) };
    const request = (url.startsWith('https:') ? https : http).get(url, options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
        if (text.length > answerMaxBytes) response.destroy(new Error('the answer is too long'));
      });
      response.on('error', fail).on('end', () => {
        const date = Date.parse(response.headers.date ?? '');
        resolve({
          status: response.statusCode ?? 0,
          serverMs: Number.isNaN(date) ? null : date,
          localMs: (begun + Date.now()) / 2,
          json: parse(text),
        });
      });
    });
    request.on('error', fail);
  });
}

/** Ours less theirs. HTTP tells whole seconds, cut off. */
export const skewOf = ({ serverMs, localMs }: HttpAnswer): number | null =>
  serverMs === null ? null : Math.round(localMs - serverMs - 500);

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const statOrNull = (file: string): Promise<Stats | null> => stat(file).catch(() => null);
