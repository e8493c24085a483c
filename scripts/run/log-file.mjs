// Owns one log file of a child process: private, appended to, and turned over before it fills the disk.
import { appendFileSync, closeSync, openSync, renameSync, statSync } from 'node:fs';

/** One old file is kept beside the current one, so a log takes at most twice this. */
const maxBytes = 10 * 1024 ** 2;

export class LogFile {
  #path;
  #bytes;

  constructor(path) {
    this.#path = path;
    closeSync(openSync(path, 'a', 0o600));
    this.#bytes = statSync(path).size;
  }

  /** Never throws: a full disk must not take the hub down with it. */
  write(line) {
    try {
      if (this.#bytes > maxBytes) this.#turnOver();
      appendFileSync(this.#path, `${line}\n`, { mode: 0o600 });
      this.#bytes += Buffer.byteLength(line) + 1;
    } catch {
      // The terminal still shows warnings.
    }
  }

  #turnOver() {
    renameSync(this.#path, `${this.#path}.1`);
    this.#bytes = 0;
  }
}
