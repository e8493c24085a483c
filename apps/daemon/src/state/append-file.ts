// A file that grows by whole lines, and is written anew from time to time: what was appended survives a crash.
import { open, type FileHandle } from 'node:fs/promises';
import { asNoSpace, writeWhole } from './json-file.js';

interface AppendFileOptions {
  readonly file: string;
  /** The whole content as it should be now, for when what is on disk cannot be trusted. */
  readonly content: () => string;
}

export class AppendFile {
  readonly #options: AppendFileOptions;
  #handle: FileHandle | null = null;
  /** A write failed half-way: what follows it would not be readable. */
  #torn = false;
  #appended = 0;

  constructor(options: AppendFileOptions) {
    this.#options = options;
  }

  /** Bytes appended since it was last written whole. */
  get appended(): number {
    return this.#appended;
  }

  /** Resolves when a crash can no longer take the text back. @throws AppError NO_SPACE; nothing counts as written then */
  async append(text: string): Promise<void> {
    if (this.#torn) await this.rewrite();
    const bytes = Buffer.from(text, 'utf8');
    try {
      this.#handle ??= await open(this.#options.file, 'a', 0o600);
      this.#torn = true;
      await this.#handle.appendFile(bytes);
      await this.#handle.datasync();
      this.#torn = false;
    } catch (error) {
      throw asNoSpace(this.#options.file, error);
    }
    this.#appended += bytes.length;
  }

  async rewrite(): Promise<void> {
    await this.close();
    await writeWhole(this.#options.file, this.#options.content());
    this.#appended = 0;
    this.#torn = false;
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = null;
    await handle?.close();
  }
}
