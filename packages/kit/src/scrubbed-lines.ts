// Text on its way to a log: whole lines only, so that a secret cut by the edge of a write is seen whole and blacked out.
import { scrub } from './redact.js';

/** Text without a line end is held so far; whoever writes more than this on one line loses the line. */
const lineMaxChars = 1024 * 1024;
const begin = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/;
const end = /-----END [A-Z0-9 ]*PRIVATE KEY-----/;

export class ScrubbedLines {
  #held = '';
  /** Within a private key that goes over lines. */
  #inKey = false;
  #tooLong = false;

  constructor(private readonly write: (line: string) => void) {}

  /** Passes on each line that is whole, with its end. */
  push(text: string): void {
    const parts = (this.#held + text).split('\n');
    this.#held = parts.pop() ?? '';
    for (const line of parts) this.#line(line);
    if (this.#held.length <= lineMaxChars) return;
    this.#held = '';
    this.#tooLong = true;
  }

  /** The last line may have no end. */
  close(): void {
    if (this.#held !== '') this.#line(this.#held);
    this.#held = '';
  }

  #line(line: string): void {
    if (this.#tooLong) {
      this.#tooLong = false;
      this.write('[a line that was too long]\n');
      return;
    }
    const ends = end.test(line);
    if (this.#inKey) {
      this.#inKey = !ends;
      return;
    }
    this.#inKey = begin.test(line) && !ends;
    this.write(`${scrub(line)}\n`);
  }
}
