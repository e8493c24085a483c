// What an agent may say beside its output: cleaned, capped, only now, and never done by itself.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AgentSignals } from './agent-signals.js';
import {
  clipboardMaxBytes,
  clipboardText,
  notificationOf777,
  notificationOf9,
  notificationOf99,
} from './output-words.js';
import { RateCap } from './rate-cap.js';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

function setup(live = true) {
  const handlers = new Map<number, (data: string) => boolean>();
  let now = 0;
  const signals = new AgentSignals({ isLive: () => live, now: () => now });
  const end = signals.listen({
    registerOscHandler: (ident, handle) => {
      handlers.set(ident, handle);
      return { dispose: () => handlers.delete(ident) };
    },
  });
  return {
    signals,
    end,
    handlers,
    osc: (ident: number, data: string) => handlers.get(ident)?.(data),
    pass: (ms: number) => (now += ms),
  };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('AgentSignals', () => {
  it('R:B6 offers what is live, never answers, and caps how often', () => {
    const { signals, osc, pass } = setup();
    expect(osc(52, 'c;?')).toBe(true);
    expect(signals.clipboard.get()).toBeNull();
    osc(52, `c;${base64('hello')}`);
    expect(signals.clipboard.get()).toEqual({ text: 'hello', bytes: 5 });
    for (let n = 0; n < 50; n += 1) osc(52, `c;${base64(`offer ${n}`)}`);
    expect(signals.clipboard.get()?.text).toBe('offer 4');
    pass(60_000);
    osc(52, `c;${base64('later')}`);
    expect(signals.clipboard.get()?.text).toBe('later');
  });

  it('R:B6 says nothing of what is only drawn again', () => {
    const { signals, osc } = setup(false);
    osc(52, `c;${base64('old')}`);
    osc(9, 'old');
    signals.bell();
    expect([signals.clipboard.get(), signals.notification.get(), signals.bells.get()]).toEqual([
      null,
      null,
      0,
    ]);
  });

  it('R:B9 shows a clean title, also an old one, and not each of a spinner', () => {
    const { signals, osc } = setup(false);
    const seen: unknown[] = [];
    signals.title.subscribe(() => seen.push(signals.title.get()));
    for (let n = 0; n < 100; n += 1) osc(2, `\u202espin ${n}\u0007`);
    vi.advanceTimersByTime(1000);
    expect(seen).toEqual(['spin 99']);
  });

  it('rings once a second at most', () => {
    const { signals, pass } = setup();
    for (let n = 0; n < 100; n += 1) signals.bell();
    pass(1000);
    signals.bell();
    expect(signals.bells.get()).toBe(2);
  });

  it('lets go of the parser', () => {
    const { end, handlers } = setup();
    end.dispose();
    expect(handlers.size).toBe(0);
  });
});

describe('words of the output', () => {
  it('R:B6 takes no control characters, no broken text and nothing huge to a clipboard', () => {
    expect(clipboardText(`c;${base64('rm \u001b[201~x\u0007')}`)).toBe('rm x');
    expect(clipboardText('c;***')).toBeNull();
    expect(clipboardText(`c;${Buffer.from([0xff, 0xfe]).toString('base64')}`)).toBeNull();
    expect(clipboardText(`c;${base64('x'.repeat(clipboardMaxBytes + 10))}`)).toBeNull();
    expect([clipboardText(''), clipboardText('c;')]).toEqual([null, null]);
  });
  it('reads the notifications of three terminals', () => {
    expect([notificationOf9('done'), notificationOf9('4;1;50'), notificationOf9('')]).toEqual([
      'done',
      null,
      null,
    ]);
    expect([notificationOf777('notify;Build;is done'), notificationOf777('other;x')]).toEqual([
      'Build: is done',
      null,
    ]);
    expect(notificationOf99('i=1:d=0;hello')).toBe('hello');
    expect(notificationOf99(`e=1;${base64('päron')}`)).toBe('päron');
    expect([notificationOf99('p=?;x'), notificationOf99('none')]).toEqual([null, null]);
  });
  it('caps a rate', () => {
    const cap = new RateCap(2, 100);
    expect([0, 1, 2, 101, 102].map((now) => cap.allow(now))).toEqual([true, true, false, true, true]);
  });
});
