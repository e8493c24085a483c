// What the hub is told of the cards in view, and when; what reaches which card.
import type { SessionId, TerminalPreview } from '@roundhouse/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Connection } from '../connection.js';
import { createStore } from '../store.js';
import { PreviewWatch } from './preview-watch.js';

const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}` as SessionId;
const [a, b] = [id(1), id(2)];
const lines = (text: string, epoch = 1): TerminalPreview => ({ epoch, lines: [[{ text }]], title: null });

function setUp() {
  const connection = createStore<Connection>({ phase: 'connecting' });
  const told: SessionId[][] = [];
  const hub = { answer: (): Promise<unknown> => Promise.resolve({}) };
  let arrive: (payload: TerminalPreview & { sessionId: SessionId }) => void = () => undefined;
  let pageChanged = (): void => undefined;
  let hidden = false;
  const frames: (() => void)[] = [];
  const watch = new PreviewWatch({
    link: {
      request: (_event: string, payload: { sessionIds: SessionId[] }) => {
        told.push(payload.sessionIds);
        return hub.answer();
      },
      on: (_event: string, handler: typeof arrive) => {
        arrive = handler;
        return () => undefined;
      },
    } as never,
    connection,
    page: { hidden: () => hidden, onChange: (tell) => (pageChanged = tell) },
    nextFrame: (run) => frames.push(run),
  });
  let generation = 0;
  return {
    ...{ watch, told, hub },
    connect: () => connection.set({ phase: 'live', generation: (generation += 1) }),
    lose: () => connection.set({ phase: 'reconnecting', attempt: 1, since: 0 }),
    hide: (now: boolean) => {
      hidden = now;
      pageChanged();
    },
    arrive: (sessionId: SessionId, preview: TerminalPreview) => arrive({ sessionId, ...preview }),
    frame: () => frames.splice(0).forEach((run) => run()),
    seen: (of: SessionId) => watch.of(of).get().preview?.lines[0]?.[0]?.text,
  };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());
const gathered = () => vi.advanceTimersByTimeAsync(100);

describe('PreviewWatch', () => {
  it('tells the hub of all cards in view at once, and of nothing while there are none', async () => {
    const page = setUp();
    page.connect();
    await gathered();
    expect(page.told).toEqual([]);
    page.watch.show(a);
    page.watch.show(b);
    await gathered();
    expect(page.told).toEqual([[a, b]]);
  });

  it('does not tell what the hub has already', async () => {
    const page = setUp();
    page.connect();
    const hide = page.watch.show(a);
    await gathered();
    hide();
    page.watch.show(a);
    await gathered();
    expect(page.told).toHaveLength(1);
  });

  it('counts the cards of a session: it is watched until the last one is gone', async () => {
    const page = setUp();
    page.connect();
    const ends = [page.watch.show(a), page.watch.show(a)];
    await gathered();
    ends[0]?.();
    await gathered();
    expect(page.told).toEqual([[a]]);
    ends[1]?.();
    await gathered();
    expect(page.told).toEqual([[a], []]);
  });

  it('watches nothing while the page is hidden, from that moment on', async () => {
    const page = setUp();
    page.connect();
    page.watch.show(a);
    await gathered();
    page.hide(true);
    expect(page.told.at(-1)).toEqual([]);
    page.watch.show(b);
    await gathered();
    expect(page.told.at(-1)).toEqual([]);
    page.hide(false);
    expect(page.told.at(-1)).toEqual([a, b]);
  });

  it('tells again after a reconnect, and not before it', async () => {
    const page = setUp();
    page.connect();
    page.watch.show(a);
    await gathered();
    page.lose();
    page.watch.show(b);
    await gathered();
    expect(page.told).toEqual([[a]]);
    page.connect();
    expect(page.told).toEqual([[a], [a, b]]);
  });

  it('asks again later when it was refused', async () => {
    const page = setUp();
    page.hub.answer = () => Promise.reject(new Error('busy'));
    page.connect();
    page.watch.show(a);
    await gathered();
    await vi.advanceTimersByTimeAsync(4999);
    expect(page.told).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(2);
    expect(page.told).toEqual([[a], [a]]);
  });

  it('never asks for more sessions than the hub takes', async () => {
    const page = setUp();
    page.connect();
    for (let n = 0; n < 250; n += 1) page.watch.show(id(n));
    await gathered();
    expect(page.told[0]).toHaveLength(200);
  });

  it('draws what arrived within a frame together, the newest of each, one card at a time', () => {
    const page = setUp();
    const [drawnA, drawnB] = [vi.fn(), vi.fn()];
    page.watch.of(a).subscribe(drawnA);
    page.watch.of(b).subscribe(drawnB);
    page.arrive(a, lines('1'));
    page.arrive(a, lines('2'));
    expect(drawnA).not.toHaveBeenCalled();
    page.frame();
    expect(page.seen(a)).toBe('2');
    expect(drawnA).toHaveBeenCalledOnce();
    expect(drawnB).not.toHaveBeenCalled();
  });

  it('drops lines of an earlier life of the session', () => {
    const page = setUp();
    page.arrive(a, lines('second life', 2));
    page.frame();
    page.arrive(a, lines('first life', 1));
    page.frame();
    expect(page.seen(a)).toBe('second life');
  });

  it('says after a while that there is nothing', async () => {
    const page = setUp();
    page.connect();
    page.watch.show(a);
    await gathered();
    expect(page.watch.of(a).get().waiting).toBe(true);
    await vi.advanceTimersByTimeAsync(1500);
    expect(page.watch.of(a).get()).toEqual({ preview: null, waiting: false });
  });

  it('keeps the lines of cards that are gone, but not of endlessly many', () => {
    const page = setUp();
    page.watch.show(a);
    for (let n = 1; n <= 502; n += 1) page.arrive(id(n), lines(String(n)));
    page.frame();
    expect(page.seen(id(502))).toBe('502');
    expect(page.seen(a)).toBe('1');
    expect(page.seen(id(2))).toBeUndefined();
    expect(page.seen(id(3))).toBeUndefined();
    expect(page.seen(id(4))).toBe('4');
  });
});
