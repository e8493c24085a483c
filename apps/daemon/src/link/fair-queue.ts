// Whose output goes next when the link is full: sessions that are typed into, then everybody in turn. Pure.
import { othersPerMs, typedForMs } from '../terminal/typing.js';

/** With more than this many bytes waiting it is a flood, whoever types. */
export const interactiveBytes = 16 * 1024;
/** Bytes of one session before the next one has its turn; also those of typed-into sessions between two turns. */
export const quantumBytes = 64 * 1024;

interface Waiting<T> {
  readonly bytes: number;
  readonly item: T;
}

interface Lane<T> {
  readonly key: string;
  readonly items: Waiting<T>[];
  bytes: number;
  /** Bytes that it may still send in its turn. */
  credit: number;
}

export class FairQueue<T> {
  /** Those with something waiting, the one whose turn it is first. */
  readonly #lanes = new Map<string, Lane<T>>();
  readonly #typedAt = new Map<string, number>();
  /** Bytes that passed by the others since the last turn. */
  #favoured = 0;
  /** When the others may send again, while somebody types. */
  #othersAt = -Infinity;

  get isEmpty(): boolean {
    return this.#lanes.size === 0;
  }

  bytesOf(key: string): number {
    return this.#lanes.get(key)?.bytes ?? 0;
  }

  push(key: string, bytes: number, item: T): void {
    const lane = this.#lanes.get(key) ?? { key, items: [], bytes: 0, credit: quantumBytes };
    lane.items.push({ bytes, item });
    lane.bytes += bytes;
    this.#lanes.set(key, lane);
  }

  /** Somebody typed into it. */
  typed(key: string, now: number): void {
    for (const [other, at] of this.#typedAt) if (now - at >= typedForMs) this.#typedAt.delete(other);
    this.#typedAt.set(key, now);
  }

  /** The next one, in order within its key; null when there is none, or what there is has to wait a few milliseconds. */
  take(now: number): T | null {
    const typed = this.#favoured < quantumBytes ? this.#interactive(now) : undefined;
    if (typed) return this.#takeFrom(typed, true);
    const next = this.#next(now);
    if (!next) return null;
    this.#favoured = 0;
    return this.#takeFrom(next, false);
  }

  clear(): void {
    this.#lanes.clear();
    this.#favoured = 0;
  }

  #interactive(now: number): Lane<T> | undefined {
    for (const [key, at] of this.#typedAt) {
      const lane = this.#lanes.get(key);
      if (lane && now - at < typedForMs && lane.bytes <= interactiveBytes) return lane;
    }
    return undefined;
  }

  #next(now: number): Lane<T> | undefined {
    const isTyped = (key: string): boolean => now - (this.#typedAt.get(key) ?? -Infinity) < typedForMs;
    const isTyping = [...this.#typedAt.keys()].some(isTyped);
    for (const lane of this.#lanes.values()) {
      if (!isTyping || isTyped(lane.key)) return lane;
      if (now < this.#othersAt) continue;
      this.#othersAt = Math.max(now, this.#othersAt) + (lane.items[0]?.bytes ?? 0) / othersPerMs;
      return lane;
    }
    return undefined;
  }

  #takeFrom(lane: Lane<T>, favoured: boolean): T | null {
    const next = lane.items.shift();
    if (!next) return null;
    lane.bytes -= next.bytes;
    if (favoured) this.#favoured += next.bytes;
    else lane.credit -= next.bytes;
    if (lane.items.length === 0) this.#lanes.delete(lane.key);
    else if (lane.credit <= 0) {
      // To the end of the line.
      lane.credit = quantumBytes;
      this.#lanes.delete(lane.key);
      this.#lanes.set(lane.key, lane);
    }
    return next.item;
  }
}
