// What a viewer's emulator shows: the browser's own, without a browser. Sizes and bytes are applied in their order.
import { digestRow } from '@roundhouse/protocol';
import xterm from '@xterm/headless';

export class Screen {
  readonly #terminal: xterm.Terminal;
  #queue: Promise<void> = Promise.resolve();

  constructor(cols = 80, rows = 24) {
    this.#terminal = new xterm.Terminal({ cols, rows, scrollback: 10_000, allowProposedApi: true });
  }

  /** Resolves when it is parsed. */
  write(data: Uint8Array): Promise<void> {
    return this.#next(() => new Promise((resolve) => this.#terminal.write(data, resolve)));
  }

  resize(cols: number, rows: number): void {
    void this.#next(() => {
      this.#terminal.resize(cols, rows);
    });
  }

  reset(cols: number, rows: number): void {
    void this.#next(() => {
      this.#terminal.reset();
      this.#terminal.resize(cols, rows);
    });
  }

  /** Digest of every row of the screen, the cursor, and which of the two screens it is. */
  async grid(): Promise<{ digests: string[]; cursorX: number; cursorY: number; alternate: boolean }> {
    await this.#queue;
    const { cols, rows } = this.#terminal;
    const { active } = this.#terminal.buffer;
    const digests = Array.from({ length: rows }, (_, y) => digestRow(active.getLine(active.baseY + y), cols));
    const { cursorX, cursorY } = active;
    return { digests, cursorX, cursorY, alternate: active.type === 'alternate' };
  }

  /** The rows as text, for a person. */
  async text(): Promise<string> {
    await this.#queue;
    const { active } = this.#terminal.buffer;
    const rows = Array.from({ length: this.#terminal.rows }, (_, y) =>
      active.getLine(active.baseY + y)?.translateToString(true),
    );
    return rows.join('\n');
  }

  #next(work: () => void | Promise<void>): Promise<void> {
    this.#queue = this.#queue.then(work);
    return this.#queue;
  }
}
