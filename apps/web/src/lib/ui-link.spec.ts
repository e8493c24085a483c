// @vitest-environment happy-dom
// The link's states and its promise: what cannot be sent now fails now.
import type { SessionId } from '@roundhouse/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Connection } from './connection.js';
import { createStore } from './store.js';
import { UiLink, type RawSocket } from './ui-link.js';

type Listener = (...args: unknown[]) => void;
const id = '00000000-0000-4000-8000-000000000001' as SessionId;

class FakeSocket implements RawSocket {
  connected = false;
  connects = 0;
  readonly sent: unknown[][] = [];
  private readonly listeners = new Map<string, Set<Listener>>();
  attempt: (n: number) => void = () => undefined;
  readonly io = { on: (_: string, listener: (n: number) => void) => (this.attempt = listener) };
  connect() {
    this.connects += 1;
  }
  disconnect() {
    this.connected = false;
  }
  on(event: string, listener: Listener) {
    this.listeners.set(event, (this.listeners.get(event) ?? new Set()).add(listener));
  }
  off(event: string, listener: Listener) {
    this.listeners.get(event)?.delete(listener);
  }
  emit(...args: unknown[]) {
    this.sent.push(args);
  }
  fire(event: string, ...args: unknown[]) {
    if (event === 'connect') this.connected = true;
    if (event === 'disconnect') this.connected = false;
    for (const listener of this.listeners.get(event) ?? []) listener(...args);
  }
  /** Answers the last request. */
  answer(result: unknown) {
    const ack = this.sent.at(-1)?.at(-1) as ((result: unknown) => void) | undefined;
    ack?.(result);
  }
}

async function setup() {
  const socket = new FakeSocket();
  const state = createStore<Connection>({ phase: 'connecting' });
  const sut = new UiLink(() => Promise.resolve(socket), state);
  sut.start();
  await vi.advanceTimersByTimeAsync(0);
  return { socket, state, sut };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('UiLink', () => {
  it('goes live, reconnecting with its attempt, and live again with the next generation', async () => {
    const { socket, state } = await setup();
    socket.fire('connect');
    expect(state.get()).toEqual({ phase: 'live', generation: 1 });
    socket.fire('disconnect', 'transport close');
    socket.attempt(3);
    expect(state.get()).toMatchObject({ phase: 'reconnecting', attempt: 3 });
    socket.fire('connect');
    expect(state.get()).toEqual({ phase: 'live', generation: 2 });
  });

  it('opens one socket when it is started, stopped and started while that loads', async () => {
    const load = vi.fn(() => Promise.resolve(new FakeSocket()));
    const sut = new UiLink(load, createStore<Connection>({ phase: 'connecting' }));
    sut.start();
    sut.stop();
    sut.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(load).toHaveBeenCalledOnce();
  });

  it('gives the data of an acknowledgement', async () => {
    const { socket, sut } = await setup();
    socket.fire('connect');
    const reply = sut.request('session.control', { sessionId: id });
    socket.answer({ ok: true, data: {} });
    await expect(reply).resolves.toEqual({});
  });

  it('throws the error of an acknowledgement with its code and hint', async () => {
    const { socket, sut } = await setup();
    socket.fire('connect');
    const reply = sut.request('session.control', { sessionId: id });
    socket.answer({
      ok: false,
      error: { code: 'NOT_CONTROLLER', message: 'Another viewer', hint: 'Take control' },
    });
    await expect(reply).rejects.toMatchObject({ code: 'NOT_CONTROLLER', hint: 'Take control' });
  });

  it('refuses a request while it is down, and sends nothing later', async () => {
    const { socket, sut } = await setup();
    await expect(sut.request('session.control', { sessionId: id })).rejects.toMatchObject({
      code: 'OFFLINE',
    });
    expect(sut.send('session.ack', { sessionId: id, epoch: 1, offset: 0 })).toBe(false);
    socket.fire('connect');
    expect(socket.sent).toEqual([]);
  });

  it('fails what waits when the link breaks', async () => {
    const { socket, sut } = await setup();
    socket.fire('connect');
    const reply = sut.request('session.control', { sessionId: id });
    socket.fire('disconnect', 'transport close');
    await expect(reply).rejects.toMatchObject({ code: 'OFFLINE' });
  });

  it('times out, and obeys an abort', async () => {
    const { socket, sut } = await setup();
    socket.fire('connect');
    const late = expect(
      sut.request('session.control', { sessionId: id }, { timeoutMs: 50 }),
    ).rejects.toMatchObject({
      code: 'TIMEOUT',
    });
    await vi.advanceTimersByTimeAsync(51);
    await late;
    const abort = new AbortController();
    const gone = sut.request('session.control', { sessionId: id }, { signal: abort.signal });
    abort.abort();
    await expect(gone).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it('tells a refusal, and tries again only for a passing reason', async () => {
    const { socket, state } = await setup();
    socket.fire(
      'connect_error',
      Object.assign(new Error('x'), { data: { code: 'ORIGIN_FORBIDDEN', message: 'No' } }),
    );
    expect(state.get()).toEqual({ phase: 'refused', code: 'ORIGIN_FORBIDDEN', message: 'No', hint: '' });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(socket.connects).toBe(1);
    socket.fire(
      'connect_error',
      Object.assign(new Error('x'), { data: { code: 'DB_UNAVAILABLE', message: 'No' } }),
    );
    await vi.advanceTimersByTimeAsync(10_000);
    expect(socket.connects).toBe(2);
  });

  it('hands on events that fit their schema and drops the others', async () => {
    const { socket, sut } = await setup();
    const seen: unknown[] = [];
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const end = sut.on('session.gap', (gap) => seen.push(gap));
    socket.fire('session.gap', { sessionId: id, epoch: 1, from: 0, to: 5 });
    socket.fire('session.gap', { sessionId: id, epoch: 'x' });
    end();
    socket.fire('session.gap', { sessionId: id, epoch: 1, from: 5, to: 6 });
    expect(seen).toEqual([{ sessionId: id, epoch: 1, from: 0, to: 5 }]);
  });
});
