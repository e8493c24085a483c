// When browsers are told of changes: one alone at once; where many change, of all of them together, once a second.
import type { Cancel, Clock } from '@roundhouse/kit';
import type { PayloadOf, UiEvents } from '@roundhouse/protocol';

export type Changed = PayloadOf<UiEvents['entity.changed']>;

/** How long others wait after each change that was told: more than five a second are told together, ... */
const quietPerChangeMs = 200;
/** ... and nothing waits longer than this. */
const quietMaxMs = 1_000;

export class ChangePacer {
  /** By entity, as it is to be told: the newest, and before it each in which somebody was waited for. */
  readonly #pending = new Map<string, Changed[]>();
  #count = 0;
  #quietUntil = 0;
  #scheduled = false;
  #timer: Cancel | null = null;

  constructor(
    private readonly clock: Pick<Clock, 'after' | 'monotonic'>,
    private readonly tell: (changed: readonly Changed[]) => void,
  ) {}

  add(changed: Changed): void {
    const key = `${changed.kind} ${changed.id}`;
    const before = this.#pending.get(key) ?? [];
    const last = before.at(-1);
    // Two events of one entity may overtake each other.
    if (last && last.version > changed.version) return;
    this.#count += 1;
    const isOver = last !== undefined && isWaiting(last) && !isWaiting(changed);
    this.#pending.set(key, [...(isOver ? before : before.slice(0, -1)), changed]);
    this.#schedule();
  }

  dispose(): void {
    this.#timer?.();
    this.#pending.clear();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    const waitMs = this.#quietUntil - this.clock.monotonic();
    // What else changes in this turn goes with it.
    if (waitMs <= 0) process.nextTick(this.#flush);
    else this.#timer = this.clock.after(waitMs, this.#flush);
  }

  readonly #flush = (): void => {
    this.#scheduled = false;
    const changed = [...this.#pending.values()].flat();
    this.#quietUntil = this.clock.monotonic() + Math.min(quietMaxMs, this.#count * quietPerChangeMs);
    this.#pending.clear();
    this.#count = 0;
    if (changed.length > 0) this.tell(changed);
  };
}

/** An inbox must learn of it, however short it was. */
const isWaiting = (changed: Changed): boolean =>
  changed.kind === 'session' && changed.entity?.activity?.kind === 'waiting';
