// The only import of simple-git: runs one git command in a directory, hardened, bounded and with typed errors.
import { closeSync, existsSync, openSync } from 'node:fs';
import { simpleGit } from 'simple-git';
import { AppError } from '@roundhouse/protocol';
import { delay, type Clock } from '@roundhouse/kit';
import { excerpt, gitError, lockFileOf, lockedError } from './git-errors.js';
import { filterOverrides, hardenedConfig, hardenedEnv, neededUnsafe, type GitEnv } from './git-hardening.js';
import { findHolder, lockRetryMs } from './git-lock.js';

/** Longest time of a read, of a checkout and of a rescue, in milliseconds. */
const READ_TIMEOUT_MS = 10_000;
export const CHECKOUT_TIMEOUT_MS = 120_000;
export const RESCUE_TIMEOUT_MS = 300_000;
/** Most output of one command in bytes; about half a million paths. */
const OUTPUT_MAX_BYTES = 64 * 1024 * 1024;
/** The usual `graceMs`. */
const KILL_GRACE_MS = 2000;

export interface GitRunOptions {
  readonly timeoutMs?: number;
  /** Variables of this call, for example GIT_INDEX_FILE. */
  readonly env?: GitEnv;
  readonly config?: readonly string[];
  /** What git reads on stdin. */
  readonly input?: Buffer;
  readonly maxBytes?: number;
  /** How long it and its children may take to die when it is ended early, in milliseconds. */
  readonly graceMs?: number;
}

export interface GitResult {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface GitClientOptions {
  readonly directory: string;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  /** Set by us alone: GIT_DIR and GIT_WORK_TREE of a worktree that we made. */
  readonly env?: GitEnv;
  /** Directories of a trusted project that git may use although another user owns them; never `*`. */
  readonly safeDirectories?: readonly string[];
}

/** A hardened git in one directory. Made by `openGit`; lives for one operation. */
export interface GitClient {
  readonly directory: string;
  /** Any exit code is a result. @throws AppError TIMEOUT, GIT_FAILED, GIT_LOCKED. */
  run(args: readonly string[], options?: GitRunOptions): Promise<GitResult>;
  /** Like `run`, for a command that must succeed. @throws AppError of `gitError`. */
  checked(args: readonly string[], options?: GitRunOptions): Promise<GitResult>;
  /** Output of a command that must succeed, without its last line end. @throws AppError of `gitError`. */
  text(args: readonly string[], options?: GitRunOptions): Promise<string>;
}

/**
 * A client for a directory, with the filters of the repository silenced (see `filterOverrides`).
 * User text may only follow `--`, or be part of an argument that cannot be an option (`refs/heads/…`).
 * @throws AppError DIRECTORY_MISSING, NOT_A_REPOSITORY, GIT_FAILED, TIMEOUT
 */
export async function openGit(options: GitClientOptions): Promise<GitClient> {
  const bare = new HardenedGit(options, {});
  const names = await bare.text(['config', '--list', '--name-only', '-z']);
  return new HardenedGit(options, filterOverrides(names));
}

class HardenedGit implements GitClient {
  readonly directory: string;
  readonly #options: GitClientOptions;
  readonly #filters: GitEnv;

  constructor(options: GitClientOptions, filters: GitEnv) {
    this.directory = options.directory;
    this.#options = options;
    this.#filters = filters;
  }

  async text(args: readonly string[], options: GitRunOptions = {}): Promise<string> {
    const { stdout } = await this.checked(args, options);
    return stdout.toString('utf8').replace(/\n$/, '');
  }

  async checked(args: readonly string[], options: GitRunOptions = {}): Promise<GitResult> {
    const result = await this.run(args, options);
    if (result.exitCode !== 0) throw gitError({ command: args[0] ?? '', ...result });
    return result;
  }

  async run(args: readonly string[], options: GitRunOptions = {}): Promise<GitResult> {
    for (const ms of [...lockRetryMs, null]) {
      const result = await this.#once(args, options);
      const lock = result.exitCode === 0 ? null : lockFileOf(result.stderr);
      if (lock === null) return result;
      if (ms === null) throw lockedError(lock, await findHolder(lock));
      await delay(ms, this.#options.clock, this.#options.signal);
    }
    throw new AppError('INTERNAL');
  }

  async #once(args: readonly string[], options: GitRunOptions): Promise<GitResult> {
    const { directory, clock, signal } = this.#options;
    if (args.some((arg) => arg.includes('\0')))
      throw new AppError('BAD_REQUEST', { message: 'NUL in a name' });
    if (!existsSync(directory)) {
      throw new AppError('DIRECTORY_MISSING', { message: `The directory ${directory} is gone` });
    }
    const stop = new AbortController();
    const watch = new Watch(stop, { command: args[0] ?? '', clock, ...(signal ? { signal } : {}) });
    try {
      return await Promise.race([this.#spawn(args, options, watch), watch.start(options)]);
    } finally {
      watch.dispose();
    }
  }

  async #spawn(args: readonly string[], options: GitRunOptions, watch: Watch): Promise<GitResult> {
    const env = {
      // eslint-disable-next-line no-restricted-syntax -- where git is; no setting of ours
      ...hardenedEnv(process.env['PATH']),
      ...this.#options.env,
      ...this.#filters,
      ...options.env,
    };
    const safe = (this.#options.safeDirectories ?? []).map((path) => `safe.directory=${path}`);
    let exitCode = -1;
    let stderr = '';
    let stdout = Buffer.alloc(0);
    const git = simpleGit({
      baseDir: this.directory,
      config: [...hardenedConfig, ...safe, ...(options.config ?? [])],
      unsafe: neededUnsafe,
      allowEnvironment: Object.keys(env),
      abort: watch.signal,
      // Only `close` says that all output has arrived.
      completion: { onClose: true, onExit: false },
      ...(options.input ? { input: () => options.input } : {}),
      // Called for every end of a process: exit codes are results here, not exceptions.
      errors: (error, result) => {
        exitCode = Number.isInteger(result.exitCode) ? result.exitCode : -1;
        stdout = Buffer.concat(result.stdOut);
        stderr = Buffer.concat(result.stdErr).toString('utf8');
        return result.exitCode > 0 || !(error instanceof Error) ? undefined : error;
      },
    })
      .env(env)
      .outputHandler((_command, out, err) => {
        watch.count(out, options.maxBytes ?? OUTPUT_MAX_BYTES);
        watch.count(err, OUTPUT_MAX_BYTES);
      });
    requireDescriptors(args[0] ?? '');
    try {
      await git.raw([...args]);
    } catch (error) {
      throw watch.reason ?? spawnError(args[0] ?? '', error);
    }
    if (watch.reason) throw watch.reason;
    return { exitCode, stdout, stderr };
  }
}

/** One start takes eight, both ends of three pipes and of Node's own; others may be about to begin. */
const DESCRIPTORS = 32;

/**
 * Without them simple-git leaves an error that nobody can catch, and the daemon ends.
 * @throws AppError GIT_FAILED
 */
function requireDescriptors(command: string): void {
  const held: number[] = [];
  try {
    while (held.length < DESCRIPTORS) held.push(openSync('/dev/null', 'r'));
  } catch (cause) {
    throw new AppError('GIT_FAILED', {
      message: `git ${command} could not be run: too many files are open`,
      hint: 'Stop a session, or start the daemon with a higher limit of open files (ulimit -n).',
      cause,
    });
  } finally {
    for (const each of held) closeSync(each);
  }
}

function spawnError(command: string, error: unknown): AppError {
  const words = excerpt(error instanceof Error ? error.message : String(error));
  if (/ENOENT/.test(words)) {
    return new AppError('GIT_FAILED', { message: 'git is not installed', hint: 'Install git on this host.' });
  }
  return new AppError('GIT_FAILED', { message: `git ${command} could not be run: ${words}`, cause: error });
}

interface WatchOptions {
  readonly command: string;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}

/** Ends one git process on time-out, abort or too much output, and says which it was. */
class Watch {
  reason: Error | null = null;
  readonly #stop: AbortController;
  readonly #options: WatchOptions;
  readonly #cancels: (() => void)[] = [];

  constructor(stop: AbortController, options: WatchOptions) {
    this.#stop = stop;
    this.#options = options;
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Rejects some time after the process was told to end, in case it does not. */
  start({ timeoutMs = READ_TIMEOUT_MS, graceMs = KILL_GRACE_MS }: GitRunOptions): Promise<never> {
    const { clock, command, signal } = this.#options;
    return new Promise((_resolve, reject) => {
      const end = (reason: Error): void => {
        this.#end(reason);
        this.#cancels.push(
          clock.after(graceMs, () => {
            reject(reason);
          }),
        );
      };
      this.#cancels.push(
        clock.after(timeoutMs, () => {
          end(
            new AppError('TIMEOUT', { message: `git ${command}: no answer within ${String(timeoutMs)} ms` }),
          );
        }),
      );
      const onAbort = (): void => {
        const reason: unknown = signal?.reason;
        end(reason instanceof Error ? reason : new Error('Aborted'));
      };
      if (signal?.aborted) onAbort();
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#cancels.push(() => signal?.removeEventListener('abort', onAbort));
    });
  }

  count(stream: NodeJS.ReadableStream, maxBytes: number): void {
    let bytes = 0;
    stream.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maxBytes) return;
      const message = `git ${this.#options.command} said more than ${String(maxBytes)} bytes`;
      this.#end(new AppError('GIT_FAILED', { message }));
    });
  }

  dispose(): void {
    for (const cancel of this.#cancels) cancel();
  }

  #end(reason: Error): void {
    this.reason ??= reason;
    this.#stop.abort();
  }
}
