// A view that does not decide the size: type small enough for the whole grid, and where even that is too high, the part
// with the cursor.
import type { Terminal } from '@xterm/xterm';
import { followCursor, letterbox } from './letterbox.js';

export interface SmallTypeOptions {
  readonly term: Terminal;
  readonly container: HTMLElement;
  readonly setSize: (fontSize: number) => void;
}

export class SmallType {
  #following: { dispose(): void } | null = null;

  constructor(private readonly options: SmallTypeOptions) {}

  /** Shrinks the type until the whole grid is seen. */
  fit(largest: number, smallest?: number): void {
    const { term, container, setSize } = this.options;
    const screen = term.element?.querySelector('.xterm-screen');
    if (!screen) return;
    letterbox({
      space: { width: container.clientWidth, height: container.clientHeight },
      now: term.options.fontSize ?? largest,
      largest,
      ...(smallest === undefined ? {} : { smallest }),
      draw: (fontSize) => {
        setSize(fontSize);
        return { width: screen.clientWidth, height: screen.clientHeight };
      },
    });
    this.#following ??= term.onCursorMove(() => this.#follow());
    this.#follow();
  }

  /** The usual type again. */
  end(usual: number): void {
    const { term, container, setSize } = this.options;
    this.dispose();
    if (term.options.fontSize === usual) return;
    setSize(usual);
    container.scrollTop = 0;
  }

  dispose(): void {
    this.#following?.dispose();
    this.#following = null;
  }

  #follow(): void {
    const { term, container } = this.options;
    const screen = term.element?.querySelector('.xterm-screen');
    if (!screen || screen.clientHeight <= container.clientHeight) return;
    container.scrollTop = followCursor({
      top: container.scrollTop,
      height: container.clientHeight,
      cell: screen.clientHeight / term.rows,
      row: term.buffer.active.cursorY,
    });
  }
}
