// Runs `<program> --version`: without a shell, with an end in time, and with nothing left behind.
import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import type { Clock } from '@roundhouse/kit';

/** Most output that is read; a version is one line. Bytes. */
const OUTPUT_MAX = 8 * 1024;
const VERSION_MAX = 200;

export interface BinaryCheck {
  /** Absolute path of the program. */
  readonly file: string;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
}

export type BinaryResult =
  | { readonly ok: true; readonly version: string | null }
  /** `reason` continues the sentence "<program> --version …". */
  | { readonly ok: false; readonly reason: string };

/** Absolute path of an executable file of that name on the PATH (or of the path itself); null when there is none. */
export async function findProgram(program: string, path: string | undefined): Promise<string | null> {
  const expanded = program.startsWith('~/') ? join(homedir(), program.slice(2)) : program;
  const directories = (path ?? '').split(delimiter).filter((directory) => isAbsolute(directory));
  const candidates = expanded.includes('/')
    ? [expanded]
    : directories.map((directory) => join(directory, expanded));
  for (const file of candidates) if (isAbsolute(file) && (await isProgram(file))) return file;
  return null;
}

async function isProgram(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => null);
  return (
    (found?.isFile() ?? false) &&
    (await access(file, constants.X_OK).then(
      () => true,
      () => false,
    ))
  );
}

/**
 * Never rejects for what the program does.
 * @throws the signal's reason when aborted; the program is killed then, too
 */
export async function checkVersion(check: BinaryCheck): Promise<BinaryResult> {
  check.signal?.throwIfAborted();
  const result = await runVersion(check);
  check.signal?.throwIfAborted();
  return result;
}

function runVersion({ file, env, timeoutMs, clock, signal }: BinaryCheck): Promise<BinaryResult> {
  return new Promise((resolve) => {
    // A group of its own, so that what the program starts ends with it.
    const child = spawn(file, ['--version'], {
      cwd: '/',
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    // Without a descriptor left there are no pipes either.
    if (child.pid === undefined) {
      child.once('error', (error) => {
        resolve(notRun(error));
      });
      return;
    }
    const output = { out: '', err: '' };
    const collect = (stream: 'out' | 'err') => (chunk: Buffer) => {
      if (output[stream].length < OUTPUT_MAX) output[stream] += chunk.toString('utf8');
    };
    child.stdout.on('data', collect('out'));
    child.stderr.on('data', collect('err'));
    const end = (result: BinaryResult): void => {
      cancel();
      signal?.removeEventListener('abort', onAbort);
      killGroup(child.pid);
      child.stdout.destroy();
      child.stderr.destroy();
      resolve(result);
    };
    const onAbort = (): void => {
      end({ ok: false, reason: 'was cancelled' });
    };
    const cancel = clock.after(timeoutMs, () => {
      end({ ok: false, reason: `gave no answer within ${String(timeoutMs / 1000)} s` });
    });
    signal?.addEventListener('abort', onAbort, { once: true });
    child.once('error', (error) => {
      end(notRun(error));
    });
    // 'exit' and not 'close': a child of the program may keep the pipes open.
    child.once('exit', (code, killedBy) => {
      setImmediate(() => {
        end(verdict(code, killedBy, output));
      });
    });
  });
}

const notRun = (error: Error): BinaryResult => ({
  ok: false,
  reason: `could not be run: ${firstLine(error.message) ?? 'unknown error'}`,
});

function verdict(
  code: number | null,
  signal: string | null,
  output: { out: string; err: string },
): BinaryResult {
  const said = firstLine(output.out) ?? firstLine(output.err);
  if (code === 0) return { ok: true, version: said };
  const ended = code === null ? `was ended by ${String(signal)}` : `ended with exit code ${String(code)}`;
  const complaint = firstLine(output.err) ?? said;
  return { ok: false, reason: complaint === null ? ended : `${ended}: ${complaint}` };
}

/** First line with something in it, without escape sequences and control characters. */
function firstLine(text: string): string | null {
  // eslint-disable-next-line no-control-regex -- escape sequences are what is removed
  const plain = text.replace(/\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(\u0007|\u001b\\)/g, '');
  const line = plain
    .split(/[\r\n]+/)
    .map((part) => part.replace(/\p{C}/gu, '').trim())
    .find((part) => part !== '');
  return line?.slice(0, VERSION_MAX) ?? null;
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The whole group has ended already.
  }
}
