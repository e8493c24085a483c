import { ManualClock, newId, silentLogger } from '@roundhouse/kit';
import { AppError, hostIdSchema, sessionIdSchema, type HostId, type SessionId } from '@roundhouse/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { EventBus } from '../platform/event-bus/event-bus.js';
import { DaemonRegistry } from '../platform/ws/daemon-registry.js';
import type { DaemonSocket, UiSocket } from '../platform/ws/handlers.js';
import type { ForeignClaims } from '../sessions/foreign-claims.service.js';
import type { SessionsService } from '../sessions/sessions.service.js';
import { ScriptedDaemon } from '../testing/scripted-daemon.js';
import { PreviewsGateway } from './previews.gateway.js';
import { PreviewsService } from './previews.service.js';

const host = hostIdSchema.parse(newId());
const other = hostIdSchema.parse(newId());
const [one, two, three] = [newId(), newId(), newId()].sort().map((id) => sessionIdSchema.parse(id)) as [
  SessionId,
  SessionId,
  SessionId,
];
const owners = new Map<SessionId, HostId>([
  [one, host],
  [two, host],
  [three, other],
]);
const textOf = (text: string) => ({ epoch: 1, lines: [[{ text }]], title: null });

class Page {
  readonly told: { sessionId: string; lines: unknown }[] = [];
  buffered = 0;
  #end: () => void = () => undefined;
  emit(_: string, payload: { sessionId: string; lines: unknown }): void {
    this.told.push(payload);
  }
  bufferedBytes(): number {
    return this.buffered;
  }
  onClose(listener: () => void): void {
    this.#end = listener;
  }
  close(): void {
    this.#end();
  }
  get socket(): UiSocket {
    return this as unknown as UiSocket;
  }
}

function rig() {
  const clock = new ManualClock();
  const daemons = new DaemonRegistry();
  const bus = new EventBus();
  const claims: string[] = [];
  const sessions = {
    hostsOf: (ids: readonly SessionId[]) =>
      Promise.resolve(new Map(ids.flatMap((id) => (owners.has(id) ? [[id, owners.get(id)]] : [])))),
  } as unknown as SessionsService;
  const foreign = {
    record: (_: HostId, id: SessionId) => claims.push(`foreign ${id}`),
    suspect: (_: HostId, id: SessionId) => claims.push(`unknown ${id}`),
  } as unknown as ForeignClaims;
  const service = new PreviewsService(sessions, daemons, bus, clock, silentLogger());
  const gateway = new PreviewsGateway(service, foreign);
  service.onApplicationBootstrap();
  let generation = 0;
  const connect = (hostId: HostId): ScriptedDaemon => {
    const daemon = new ScriptedDaemon(hostId, ++generation);
    daemons.set(daemon);
    bus.emit('host.connected', { hostId, generation });
    return daemon;
  };
  const settle = async (ms = 100): Promise<void> => {
    clock.advance(ms);
    for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  const say = (daemon: DaemonSocket, sessionId: SessionId, text: string): void => {
    gateway.preview({ sessionId, ...textOf(text) }, daemon);
  };
  const watch = (page: Page, ...sessionIds: SessionId[]) => gateway.watch({ sessionIds }, page.socket);
  return { clock, bus, claims, connect, settle, say, watch };
}

const lists = (daemon: ScriptedDaemon): unknown[] =>
  daemon.heard.map(({ payload }) => (payload as { sessionIds: unknown }).sessionIds);

describe('previews', () => {
  let live: ReturnType<typeof rig>;
  beforeEach(() => {
    live = rig();
  });

  it('are asked from each host as one list, when it changed, and no more when nobody watches', async () => {
    const daemon = live.connect(host);
    const elsewhere = live.connect(other);
    const [a, b] = [new Page(), new Page()];
    await live.watch(a, one);
    await live.watch(b, two, three);
    await live.watch(a, one, two);
    await live.settle();
    expect(lists(daemon)).toEqual([[one, two]]);
    expect(lists(elsewhere)).toEqual([[three]]);
    await live.watch(b, two);
    await live.watch(a, one);
    await live.settle();
    expect(lists(daemon)).toHaveLength(1);
    expect(lists(elsewhere)).toEqual([[three], []]);
    a.close();
    await live.watch(b);
    await live.settle();
    expect(lists(daemon)).toEqual([[one, two], []]);
  });

  it('are asked again on each new link, and after a refusal', async () => {
    const page = new Page();
    await live.watch(page, one);
    await live.settle();
    const first = live.connect(host);
    first.answer = () => {
      throw new AppError('NOT_FOUND');
    };
    await live.settle();
    expect(lists(first)).toEqual([[one]]);
    await live.settle(5_000);
    expect(lists(first)).toEqual([[one], [one]]);
    const second = live.connect(host);
    await live.settle(5_000);
    expect(lists(second)).toEqual([[one]]);
  });

  it('reach those who watch; a new watcher has the last one at once', async () => {
    const daemon = live.connect(host);
    const [a, b] = [new Page(), new Page()];
    await live.watch(a, one);
    await live.settle();
    live.say(daemon, one, 'first');
    live.say(daemon, two, 'nobody looks');
    await live.watch(b, one);
    await live.settle();
    expect([a.told.length, b.told.length]).toEqual([1, 1]);
    await live.watch(a);
    live.say(daemon, one, 'second');
    expect([a.told.length, b.told.length]).toEqual([1, 2]);
    expect(b.told[1]).toEqual({ sessionId: one, ...textOf('second') });
  });

  it('of another host are dropped and recorded (R:H3)', async () => {
    const daemon = live.connect(host);
    const page = new Page();
    await live.watch(page, three);
    live.say(daemon, three, 'mine');
    live.say(daemon, one, 'unwatched');
    expect([page.told, live.claims]).toEqual([[], [`foreign ${three}`, `unknown ${one}`]]);
  });

  it('wait for a socket that does not take them: only the last one comes', async () => {
    const daemon = live.connect(host);
    const page = new Page();
    await live.watch(page, one);
    page.buffered = 10_000_000;
    for (let count = 0; count < 100; count += 1) live.say(daemon, one, String(count));
    await live.settle(1_000);
    expect(page.told).toEqual([]);
    page.buffered = 0;
    await live.settle(250);
    expect(page.told).toEqual([{ sessionId: one, ...textOf('99') }]);
  });

  it('of a list that was replaced while it was looked up are not told', async () => {
    live.connect(host);
    const page = new Page();
    await Promise.all([live.watch(page, one, two), live.watch(page)]);
    const daemon = live.connect(host);
    await live.settle();
    expect(lists(daemon)).toEqual([]);
  });
});
