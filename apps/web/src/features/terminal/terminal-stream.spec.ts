// The view of a session at its edges: attach, reconnect, acknowledgements, control, refusals.
import { sessionIdSchema, viewerIdSchema } from '@roundhouse/protocol';
import { describe, expect, it, vi } from 'vitest';
import { ApiError, type ApiErrorCode } from '../../lib/api-error.js';
import type { Connection } from '../../lib/connection.js';
import { createStore } from '../../lib/store.js';
import { TerminalStream, type TerminalLink } from './terminal-stream.js';
import type { Sink } from './write-queue.js';

const sessionId = sessionIdSchema.parse('00000000-0000-4000-8000-000000000001');
const viewerId = viewerIdSchema.parse('viewer-0001');
const tick = async (): Promise<void> => {
  for (let i = 0; i < 20; i += 1) await Promise.resolve();
};

class FakeHub {
  readonly requests: [string, Record<string, unknown>][] = [];
  readonly sent: [string, Record<string, unknown>][] = [];
  readonly listeners = new Map<string, Set<(payload: never) => void>>();
  fail: Partial<Record<string, ApiErrorCode>> = {};
  attachReply: Record<string, unknown> = {};
  history: Record<string, unknown> = {};
  readonly link = {
    request: (event: string, payload: Record<string, unknown>) => {
      this.requests.push([event, payload]);
      const code = this.fail[event];
      if (code !== undefined) return Promise.reject(new ApiError(code, { message: code, hint: 'hint' }));
      if (event === 'session.history') return Promise.resolve(this.history);
      if (event !== 'session.attach') return Promise.resolve({ seq: payload['seq'] });
      const from = payload['fromOffset'] ?? 0;
      return Promise.resolve({
        mode: 'exact',
        epoch: 1,
        offset: from,
        head: from,
        cols: 80,
        rows: 24,
        viewerId,
        controller: true,
        windowBytes: 100,
        ...this.attachReply,
      });
    },
    send: (event: string, payload: Record<string, unknown>) => {
      this.sent.push([event, payload]);
      return true;
    },
    on: (event: string, listener: (payload: never) => void) => {
      const set = this.listeners.get(event) ?? new Set();
      this.listeners.set(event, set.add(listener));
      return () => set.delete(listener);
    },
  } as unknown as TerminalLink;
  emit(event: string, payload: Record<string, unknown>) {
    for (const listener of this.listeners.get(event) ?? [])
      listener({ sessionId, epoch: 1, ...payload } as never);
  }
  output(offset: number, text: string) {
    this.emit('session.output', { offset, data: new TextEncoder().encode(text) });
  }
  of(event: string) {
    return this.requests.filter(([name]) => name === event).map(([, payload]) => payload);
  }
}

async function setup(prepare: (hub: FakeHub) => void = () => undefined) {
  const hub = new FakeHub();
  prepare(hub);
  const connection = createStore<Connection>({ phase: 'live', generation: 1 });
  const screen: string[] = [];
  const sink: Sink = {
    write: (data, parsed) => {
      screen.push(new TextDecoder().decode(data));
      parsed();
    },
    resize: (cols, rows) => screen.push(`<${cols}x${rows}>`),
    reset: () => screen.push('<reset>'),
    redraw: ({ cols, rows, data }, parsed) => {
      screen.push(`<redraw ${cols}x${rows}>${new TextDecoder().decode(data)}`);
      parsed();
    },
    breakOff: () => screen.push('<break>'),
  };
  const stream = new TerminalStream({
    sessionId,
    link: hub.link,
    connection,
    sink,
    now: () => 0,
  });
  await tick();
  return { hub, connection, screen, stream };
}

describe('TerminalStream', () => {
  it('attaches, writes, and acknowledges what is parsed', async () => {
    const { hub, screen, stream } = await setup();
    hub.output(0, 'hello');
    expect(screen).toEqual(['<reset>', '<80x24>', 'hello']);
    expect(hub.sent.at(-1)).toEqual(['session.ack', { sessionId, epoch: 1, offset: 5 }]);
    expect(stream.state.get().phase).toBe('live');
  });

  it('attaches again with the same viewer, epoch and offset, and keeps its screen', async () => {
    const { hub, connection, screen } = await setup();
    hub.output(0, 'hello');
    connection.set({ phase: 'reconnecting', attempt: 1, since: 0 });
    hub.output(5, ' late');
    connection.set({ phase: 'live', generation: 2 });
    await tick();
    expect(hub.of('session.attach').at(-1)).toMatchObject({
      sessionId,
      viewerId,
      epoch: 1,
      fromOffset: 5,
      prefer: 'screen',
    });
    hub.output(3, 'lo you');
    expect(screen.join('')).toBe('<reset><80x24>hello<80x24> you');
  });

  it('F:F10 refuses what is typed while the link is down, and never sends it later', async () => {
    const { hub, connection, stream } = await setup();
    connection.set({ phase: 'reconnecting', attempt: 1, since: 0 });
    expect(stream.type('rm -rf /\r')).toBe(false);
    expect(stream.state.get().notSent?.code).toBe('OFFLINE');
    connection.set({ phase: 'live', generation: 2 });
    await tick();
    expect(hub.of('session.input')).toEqual([]);
    expect(stream.type('ls')).toBe(true);
    await tick();
    expect(hub.of('session.input')).toHaveLength(1);
    expect(stream.state.get().notSent).toBeNull();
  });

  describe('typed while it attaches for the first time', () => {
    const answerLater = (hub: FakeHub): (() => void) => {
      const { link } = hub;
      const { request } = link;
      let answer = (): void => undefined;
      const asked = new Promise<void>((resolve) => (answer = resolve));
      link.request = async (event: never, payload: never) => {
        if (event === 'session.attach') await asked;
        return request(event, payload);
      };
      return answer;
    };

    it('is sent, in order, before what follows', async () => {
      let answer = (): void => undefined;
      const { hub, stream } = await setup((hub) => (answer = answerLater(hub)));
      expect(stream.type('ec')).toBe(true);
      expect(stream.type('ho ')).toBe(true);
      expect(hub.of('session.input')).toEqual([]);
      answer();
      await tick();
      stream.type('hi');
      await tick();
      expect(hub.of('session.input').map(({ data }) => data)).toEqual(['echo ', 'hi']);
      expect(stream.state.get().notSent).toBeNull();
    });

    it('is not sent when that takes longer than two seconds, and that is told', async () => {
      vi.useFakeTimers();
      let answer = (): void => undefined;
      const { hub, stream } = await setup((hub) => (answer = answerLater(hub)));
      stream.type('rm -rf /');
      vi.advanceTimersByTime(2000);
      expect(stream.state.get().notSent?.code).toBe('OFFLINE');
      // The link is there.
      expect(stream.state.get().notSent?.message).toBe('This terminal is still being opened');
      expect(stream.type('\r')).toBe(false);
      answer();
      await tick();
      expect(hub.of('session.input')).toEqual([]);
      vi.useRealTimers();
    });

    it('is not sent without the paste that followed it', async () => {
      let answer = (): void => undefined;
      const { hub, stream } = await setup((hub) => (answer = answerLater(hub)));
      const none = new Uint8Array();
      stream.type('rm ');
      expect(stream.paste({ head: none, body: new Uint8Array([120]), tail: none })).toBe(false);
      expect(stream.type(' /\r')).toBe(false);
      answer();
      await tick();
      expect(hub.of('session.input')).toEqual([]);
      expect(stream.state.get().notSent?.code).toBe('OFFLINE');
    });

    it('is not sent when the hub refuses, when it is too much, and when the link breaks', async () => {
      let answer = (): void => undefined;
      const refused = await setup((hub) => {
        answer = answerLater(hub);
        hub.fail = { 'session.attach': 'FORBIDDEN' };
      });
      refused.stream.type('a');
      answer();
      await tick();
      expect(refused.stream.state.get().notSent?.code).toBe('FORBIDDEN');

      const full = await setup((hub) => (answer = answerLater(hub)));
      expect(full.stream.type('a'.repeat(4000))).toBe(true);
      expect(full.stream.type('b'.repeat(97))).toBe(false);
      expect(full.stream.type('c')).toBe(false);
      answer();
      await tick();
      expect(full.hub.of('session.input')).toEqual([]);

      const broken = await setup((hub) => (answer = answerLater(hub)));
      broken.stream.type('a');
      broken.connection.set({ phase: 'reconnecting', attempt: 1, since: 0 });
      expect(broken.stream.state.get().notSent?.code).toBe('OFFLINE');
    });
  });

  it('says so when the host is away, and attaches when that changes', async () => {
    const { hub, stream } = await setup((hub) => {
      hub.fail = { 'session.attach': 'HOST_UNREACHABLE' };
    });
    expect(stream.state.get().phase).toBe('unreachable');
    expect(stream.type('x')).toBe(false);
    expect(stream.state.get().notSent?.code).toBe('HOST_UNREACHABLE');
    hub.fail = {};
    stream.sessionChanged('running');
    await tick();
    expect(stream.state.get().phase).toBe('live');
  });

  it('asks for control where another user has it', async () => {
    const { hub, stream } = await setup((hub) => {
      hub.attachReply = { controller: false };
      hub.fail = { 'session.input': 'NOT_CONTROLLER' };
    });
    stream.type('x');
    await tick();
    expect(stream.state.get().notSent?.code).toBe('NOT_CONTROLLER');
    stream.resize(90, 20);
    expect(hub.of('session.resize')).toEqual([]);
    await stream.takeControl();
    hub.emit('session.controller', { viewer: { id: viewerId, user: 'me' }, you: true, cols: 80, rows: 24 });
    stream.resize(90, 20);
    expect(hub.of('session.resize')).toHaveLength(1);
  });

  it('shows how far a long replay is', async () => {
    const { hub, stream } = await setup((hub) => {
      hub.attachReply = { head: 1_000_000 };
    });
    expect(stream.state.get().replay).toEqual({ done: 0, total: 1_000_000 });
    hub.output(0, 'x'.repeat(400_000));
    expect(stream.state.get().replay).toEqual({ done: 400_000, total: 1_000_000 });
    hub.output(400_000, 'x'.repeat(600_000));
    expect(stream.state.get().replay).toBeNull();
  });

  it('keeps the old picture until the snapshot that was promised is here, and acknowledges it', async () => {
    const { hub, screen, stream } = await setup((hub) => {
      hub.attachReply = { mode: 'snapshot', offset: 70, head: 900 };
    });
    expect(screen).toEqual([]);
    expect(stream.state.get()).toMatchObject({ awaiting: true, replay: null });
    hub.emit('session.snapshot', { offset: 70, cols: 90, rows: 30, data: new TextEncoder().encode('top') });
    hub.output(70, ' and on');
    expect(screen).toEqual(['<redraw 90x30>top', ' and on']);
    expect(stream.state.get()).toMatchObject({ awaiting: false, cols: 90 });
    expect(hub.sent.map(([, { offset }]) => offset)).toEqual([70, 77]);
    expect(stream.isLive).toBe(false);
  });

  it('attaches again when the promised snapshot does not come', async () => {
    vi.useFakeTimers();
    try {
      const { hub } = await setup((hub) => {
        hub.attachReply = { mode: 'snapshot', offset: 70, head: 900 };
      });
      await vi.advanceTimersByTimeAsync(15_000);
      expect(hub.of('session.attach').length).toBeGreaterThan(1);
    } finally {
      vi.useRealTimers();
    }
  });

  it('takes a screen of the past when more history was asked for, and goes on from there', async () => {
    const { hub, screen, stream } = await setup((hub) => {
      hub.history = { lines: 5000, kept: 9000 };
    });
    hub.output(0, 'abcdef');
    const drawn = stream.history(5000);
    await tick();
    hub.emit('session.snapshot', { offset: 4, cols: 80, rows: 24, data: new TextEncoder().encode('ABCD') });
    hub.output(4, 'ef');
    expect(await drawn).toEqual({ lines: 5000, kept: 9000 });
    expect(screen.slice(-2)).toEqual(['<redraw 80x24>ABCD', 'ef']);
    expect(hub.sent.at(-1)?.[1]).toMatchObject({ offset: 6 });
  });

  it('attaches again after a hole in the stream', async () => {
    vi.useFakeTimers();
    try {
      const { hub, screen } = await setup();
      hub.output(0, 'ab');
      hub.output(7, 'zz');
      await vi.advanceTimersByTimeAsync(1500);
      expect(hub.of('session.attach').at(-1)).toMatchObject({ fromOffset: 2 });
      hub.output(2, 'cd');
      expect(screen.join('')).toBe('<reset><80x24>ab<80x24>cd');
    } finally {
      vi.useRealTimers();
    }
  });

  it('ends with the exit, refuses input, and begins afresh with the next epoch', async () => {
    const { hub, screen, stream } = await setup();
    hub.output(0, 'bye');
    hub.emit('session.exit', { offset: 3, exitCode: 2, signal: null });
    expect(stream.state.get().exit).toEqual({ exitCode: 2, signal: null });
    expect(stream.type('x')).toBe(false);
    hub.emit('session.snapshot', { epoch: 2, offset: 0, cols: 90, rows: 30, data: new Uint8Array() });
    expect(stream.state.get()).toMatchObject({ exit: null, epoch: 2, cols: 90 });
    expect(screen.at(-1)).toBe('<redraw 90x30>');
    stream.type('x');
    await tick();
    expect(hub.of('session.input')).toMatchObject([{ epoch: 2, seq: 1 }]);
  });

  it('comes back as a new viewer when its numbers are beyond repair', async () => {
    const { hub, stream } = await setup((hub) => {
      hub.fail = { 'session.input': 'INPUT_GAP' };
    });
    stream.type('x');
    await tick();
    expect(hub.of('session.attach').at(-1)).not.toHaveProperty('viewerId');
  });

  it('leaves when it is closed', async () => {
    const { hub, stream } = await setup();
    stream.close();
    expect(hub.of('session.detach')).toHaveLength(1);
    expect([...hub.listeners.values()].every((set) => set.size === 0)).toBe(true);
  });
});
