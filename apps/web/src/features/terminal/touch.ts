// Fingers on a terminal: one scrolls, two change the size of the type. A tap stays a tap.
import type { XtermHost } from './xterm-host.js';

/** Change of distance between two fingers that counts as a step of the type. */
const PINCH_STEP = 1.12;
/** A scroll goes on after the finger left, and loses this share of its speed each frame. */
const FRICTION = 0.06;
/** Lines per frame below which it stops. */
const SLOWEST = 0.05;

type TouchedHost = Pick<XtermHost, 'scrollLines' | 'lineHeight'>;

class Fingers {
  #last: Touch | null = null;
  /** Part of a line that was moved and not scrolled yet. */
  #rest = 0;
  #speed = 0;
  #spread = 0;
  #frame = 0;

  constructor(
    private readonly host: TouchedHost,
    private readonly onZoom: (step: number) => void,
  ) {}

  readonly start = (event: TouchEvent): void => {
    this.stop();
    this.#rest = 0;
    this.#last = event.touches.length === 1 ? event.touches.item(0) : null;
    this.#spread = spreadOf(event);
  };

  readonly move = (event: TouchEvent): void => {
    if (event.touches.length === 2) return this.#pinch(event);
    const touch = event.touches.item(0);
    const { lineHeight } = this.host;
    if (!touch || !this.#last || lineHeight === 0) return;
    event.preventDefault();
    this.#speed = (this.#last.clientY - touch.clientY) / lineHeight;
    this.#scroll(touch);
    this.#last = touch;
  };

  readonly end = (): void => {
    const from = this.#last;
    this.#last = null;
    if (!from || matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    const glide = (): void => {
      this.#speed *= 1 - FRICTION;
      if (Math.abs(this.#speed) < SLOWEST) return;
      this.#scroll(from);
      this.#frame = requestAnimationFrame(glide);
    };
    this.#frame = requestAnimationFrame(glide);
  };

  readonly stop = (): void => {
    cancelAnimationFrame(this.#frame);
    this.#speed = 0;
  };

  #pinch(event: TouchEvent): void {
    event.preventDefault();
    this.#last = null;
    const now = spreadOf(event);
    const step = now > this.#spread * PINCH_STEP ? 1 : now < this.#spread / PINCH_STEP ? -1 : 0;
    if (step === 0) return;
    this.#spread = now;
    this.onZoom(step);
  }

  #scroll({ clientX, clientY }: Touch): void {
    this.#rest += this.#speed;
    const whole = Math.trunc(this.#rest);
    this.#rest -= whole;
    if (whole !== 0) this.host.scrollLines(whole, { clientX, clientY });
  }
}

export function listenToTouch(
  element: HTMLElement,
  host: TouchedHost,
  onZoom: (step: number) => void,
): () => void {
  const fingers = new Fingers(host, onZoom);
  element.addEventListener('touchstart', fingers.start, { passive: true });
  element.addEventListener('touchmove', fingers.move, { passive: false });
  element.addEventListener('touchend', fingers.end, { passive: true });
  element.addEventListener('touchcancel', fingers.stop, { passive: true });
  return () => {
    fingers.stop();
    element.removeEventListener('touchstart', fingers.start);
    element.removeEventListener('touchmove', fingers.move);
    element.removeEventListener('touchend', fingers.end);
    element.removeEventListener('touchcancel', fingers.stop);
  };
}

function spreadOf({ touches }: TouchEvent): number {
  const [a, b] = [touches.item(0), touches.item(1)];
  return a && b ? Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY) : 0;
}
