// Draws with WebGL while the terminal is seen, and lets go of it when it is not: a browser gives only some sixteen
// contexts to all pages. Without a graphics processor, or when its context is lost, rows are elements.
import type { WebglAddon } from '@xterm/addon-webgl';
import type { Terminal } from '@xterm/xterm';
import { hasGraphics } from './graphics.js';
import { allowRowColours } from './row-colours.js';

/** Leaving a tab for a moment must not cost a context. */
const HIDDEN_GRACE_MS = 3000;

export type RendererKind = 'webgl' | 'dom';

export class Renderer {
  #webgl: WebglAddon | null = null;
  #wanted = false;
  #loading = false;
  #disposed = false;
  /** The browser has none, or lost one under our hands: not tried again before the terminal was hidden. */
  #failed = false;
  #hideTimer: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly term: Terminal,
    /** Another renderer draws what is seen: cells may have another size. */
    private readonly onChange: () => void,
  ) {}

  /** The emulator has its rows now. */
  opened(): void {
    allowRowColours(this.term);
    if (this.#wanted) void this.#use();
  }

  get kind(): RendererKind {
    return this.#webgl ? 'webgl' : 'dom';
  }

  setVisible(visible: boolean): void {
    this.#wanted = visible;
    if (this.#hideTimer !== null) clearTimeout(this.#hideTimer);
    this.#hideTimer = null;
    if (visible) void this.#use();
    else
      this.#hideTimer = setTimeout(() => {
        this.#failed = false;
        this.#letGo();
      }, HIDDEN_GRACE_MS);
  }

  dispose(): void {
    this.#disposed = true;
    if (this.#hideTimer !== null) clearTimeout(this.#hideTimer);
    this.#webgl?.dispose();
    this.#webgl = null;
  }

  async #use(): Promise<void> {
    if (this.#webgl || this.#loading || this.#failed || !this.term.element) return;
    if (!hasGraphics()) {
      this.#failed = true;
      allowRowColours(this.term);
      return;
    }
    this.#loading = true;
    try {
      const { WebglAddon } = await import('@xterm/addon-webgl');
      if (this.#disposed || !this.#wanted) return;
      const webgl = new WebglAddon();
      webgl.onContextLoss(() => {
        this.#failed = true;
        this.#letGo();
        this.onChange();
      });
      this.term.loadAddon(webgl);
      this.#webgl = webgl;
      this.onChange();
    } catch {
      // No WebGL, or its code did not arrive: the rows stay.
      this.#failed = true;
      allowRowColours(this.term);
    } finally {
      this.#loading = false;
    }
  }

  /** Nobody sees it, so that nothing is measured anew. */
  #letGo(): void {
    this.#webgl?.dispose();
    this.#webgl = null;
    if (!this.#disposed) allowRowColours(this.term);
  }
}
