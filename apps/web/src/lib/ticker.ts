// One shared timer per interval, running only while somebody listens; all live times on the page use it.
import { useSyncExternalStore } from 'react';

interface Ticker {
  now: number;
  readonly listeners: Set<() => void>;
  timer: ReturnType<typeof setInterval> | null;
}

const tickers = new Map<number, Ticker>();

function tickerOf(everyMs: number): Ticker {
  const known = tickers.get(everyMs);
  if (known) return known;
  const made: Ticker = { now: Date.now(), listeners: new Set(), timer: null };
  tickers.set(everyMs, made);
  return made;
}

function subscribe(everyMs: number, listener: () => void): () => void {
  const ticker = tickerOf(everyMs);
  ticker.listeners.add(listener);
  ticker.timer ??= setInterval(() => {
    ticker.now = Date.now();
    for (const each of ticker.listeners) each();
  }, everyMs);
  return () => {
    ticker.listeners.delete(listener);
    if (ticker.listeners.size > 0 || ticker.timer === null) return;
    clearInterval(ticker.timer);
    ticker.timer = null;
  };
}

const subscribers = new Map<number, (listener: () => void) => () => void>();

/** The present time in ms, renewed every `everyMs`; all users of one interval change together. */
export function useNow(everyMs: number): number {
  let bound = subscribers.get(everyMs);
  if (!bound) {
    bound = (listener) => subscribe(everyMs, listener);
    subscribers.set(everyMs, bound);
  }
  return useSyncExternalStore(bound, () => {
    const ticker = tickerOf(everyMs);
    // Without a running timer the value may be old: the first reader after a pause renews it.
    if (ticker.timer === null && Date.now() - ticker.now >= everyMs) ticker.now = Date.now();
    return ticker.now;
  });
}
