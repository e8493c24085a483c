// A log in a file of its own: private, appended to, and turned over before it fills the disk.
import { closeSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '@roundhouse/protocol';

export interface LogFileOptions {
  readonly file: string;
  /** The file is turned over when it would grow beyond this. */
  readonly maxBytes: number;
  /** Old files that are kept beside it: `file.1` is the newest of them. */
  readonly keep: number;
}

export class LogFile {
  readonly #options: LogFileOptions;
  #fd: number | null = null;
  #bytes = 0;

  /** @throws AppError CONFIG_INVALID when the file cannot be opened */
  constructor(options: LogFileOptions) {
    this.#options = options;
    try {
      mkdirSync(path.dirname(options.file), { recursive: true, mode: 0o700 });
      this.#open();
    } catch (cause) {
      const why = cause instanceof Error && 'code' in cause ? String(cause.code) : 'error';
      throw new AppError('CONFIG_INVALID', {
        message: `ROUNDHOUSE_LOG_FILE: ${options.file} cannot be written (${why})`,
        hint: 'Let the user that runs Roundhouse write there, or name another file.',
        cause,
      });
    }
  }

  /** Never throws: a full disk must not take the program down with it; the line goes to standard error then. */
  write(line: string): void {
    const bytes = Buffer.byteLength(line);
    try {
      if (this.#bytes > 0 && this.#bytes + bytes > this.#options.maxBytes) this.#turnOver();
      this.#bytes += writeSync(this.#fd ?? this.#open(), line);
    } catch {
      process.stderr.write(line);
    }
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }

  #open(): number {
    this.#fd = openSync(this.#options.file, 'a', 0o600);
    this.#bytes = fstatSync(this.#fd).size;
    return this.#fd;
  }

  #turnOver(): void {
    const { file, keep } = this.#options;
    this.close();
    rmSync(`${file}.${String(keep)}`, { force: true });
    for (let age = keep - 1; age >= 1; age -= 1)
      moveIfThere(`${file}.${String(age)}`, `${file}.${String(age + 1)}`);
    if (keep > 0) moveIfThere(file, `${file}.1`);
    else rmSync(file, { force: true });
    this.#open();
  }
}

function moveIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}
