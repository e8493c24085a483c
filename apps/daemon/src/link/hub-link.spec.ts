// The link to the hub against a real socket server that speaks the hub's side.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, ManualClock, newId, silentLogger, systemClock, type Clock } from '@roundhouse/kit';
import { instanceIdSchema, sessionIdSchema, type AppError, type FactBody } from '@roundhouse/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../keeper/testing/keeper-rig.js';
import { Connection } from './connection.js';
import type { HubHandlers } from './handlers.js';
import { newHostKey } from './host-identity.js';
import { HubLink } from './hub-link.js';
import { Outbox } from './outbox.js';
import { FakeHub } from './testing/fake-hub.js';

const exited = (n: number): FactBody => ({
  kind: 'session.exited',
  sessionId: sessionIdSchema.parse(newId()),
  epoch: 1,
  exitCode: n,
  signal: null,
  offset: 0,
});
const system = { platform: 'linux' } as never;

describe('the link', () => {
  let hub: FakeHub;
  let hubUrl = '';
  let stateDir = '';
  let outbox: Outbox;
  let stop = new AbortController();
  let running: Promise<void> = Promise.resolve();
  let asked: string[] = [];
  let disconnected = 0;
  let inventory: unknown = null;
  /** Runs between the handshake and hello. */
  let beforeHello: () => Promise<void> = () => Promise.resolve();
  const forgotten: string[] = [];

  const handlers = {
    'terminal.input': async ({ seq }: { seq: number }) => {
      asked.push(`input ${String(seq)}`);
      return { seq };
    },
    'terminal.close': () => {
      asked.push('close');
      return {};
    },
    command: () => {
      asked.push('command');
      return {};
    },
  } as unknown as HubHandlers;

  const told: string[] = [];
  const logger = createLogger({
    name: 'test',
    destination: { write: (line) => told.push((JSON.parse(line) as { msg: string }).msg) },
  });
  const options = (identity = hub.identity(), clock: Clock = systemClock) => ({
    hubUrl,
    identity,
    instanceId: instanceIdSchema.parse(newId()),
    handlers,
    onInvalid: ({ code, fields }: AppError) => {
      asked.push(`${code} ${fields.map(({ field }) => field).join()}`);
    },
    clock,
    logger,
  });
  const start = (identity = hub.identity()): HubLink => {
    const link = new HubLink({
      ...options(identity),
      outbox,
      system: async () => {
        await beforeHello();
        return system;
      },
      inventory: () => inventory as never,
      settings: () => ({ file: null, places: [], loadedAt: '2026-01-01T00:00:00Z', problems: [], items: [] }),
      sessions: () => Promise.resolve([]),
      forget: async (id) => {
        forgotten.push(id);
      },
      onDisconnected: async () => {
        disconnected += 1;
      },
      random: () => 0,
    });
    running = link.run(stop.signal);
    running.catch(() => undefined);
    return link;
  };

  beforeEach(async () => {
    hub = new FakeHub();
    hubUrl = await hub.listen();
    stateDir = mkdtempSync(join(tmpdir(), 'rh-link-'));
    outbox = await Outbox.open({ stateDir, clock: systemClock, logger: silentLogger() });
    stop = new AbortController();
    asked = [];
    disconnected = 0;
    inventory = null;
  });
  afterEach(async () => {
    stop.abort(new Error('over'));
    await running.catch(() => undefined);
    await outbox.close();
    await hub.close();
    rmSync(stateDir, { recursive: true, force: true });
  });

  it('proves both keys, says hello before anything else, and connects again with hello', async () => {
    beforeHello = async () => {
      beforeHello = () => Promise.resolve();
      link.emit('status', { system, sessions: [] });
      await outbox.add(exited(1));
      await new Promise((resolve) => setTimeout(resolve, 50));
    };
    const link = start();
    await hub.until(() => hub.facts.length === 1, 'the first fact');
    inventory = { changed: true };
    hub.last.disconnect(true);
    await hub.until(() => hub.hellos.length === 2, 'hello again');
    expect(disconnected).toBe(1);
    expect(hub.hellos[1]).toMatchObject({ inventory: { changed: true }, generation: 2 });
    expect(hub.received.filter(({ beforeHello }) => beforeHello)).toEqual([]);
    await hub.until(() => hub.received.filter(({ name }) => name === 'settings').length === 2, 'settings');
    expect(new Set(hub.nonces).size).toBe(2);
    expect(link.isConnected).toBe(true);
    stop.abort(new Error('over'));
    await running;
    expect(link.isConnected).toBe(false);
    expect(disconnected).toBe(2);
  });

  it('reaches a hub below a path of another site', async () => {
    const upgrades: string[] = [];
    hub.http.prependListener('upgrade', (request) => {
      upgrades.push(request.url?.split('?')[0] ?? '');
      request.url = request.url?.replace('/roundhouse/', '/');
    });
    hubUrl += '/roundhouse';
    start();
    await hub.until(() => hub.hellos.length === 1, 'hello');
    expect(upgrades).toEqual(['/roundhouse/daemon.io/']);
  });

  it('forgets what the hub deleted, and tells of its state every five seconds', async () => {
    const gone = newId();
    hub.forget = [gone];
    const link = start();
    await hub.until(() => hub.received.some(({ name }) => name === 'status'), 'status', 7_000);
    expect(forgotten).toContain(gone);
    link.emit('inventory', { any: 1 } as never);
    await hub.until(() => hub.received.some(({ name }) => name === 'inventory'), 'inventory');
  });

  it('delivers each fact once, in order, although answers are lost and links break', async () => {
    start();
    await hub.until(() => hub.hellos.length === 1, 'hello');
    hub.pushes = 'apply only';
    for (const n of [1, 2, 3]) await outbox.add(exited(n));
    await hub.until(() => hub.facts.length >= 1, 'a push');
    hub.pushes = 'answer';
    hub.last.disconnect(true);
    await outbox.add(exited(4));
    await hub.until(() => hub.facts.length === 4, 'all facts');
    await eventually(() => outbox.size === 0, 'all acknowledged');
    expect(hub.facts.map(({ body }) => body.kind === 'session.exited' && body.exitCode)).toEqual([
      1, 2, 3, 4,
    ]);
  });

  it('says once that the hub does not take facts, and once that it does again', async () => {
    start();
    await hub.until(() => hub.hellos.length === 1, 'hello');
    told.length = 0;
    hub.pushes = 'refuse';
    await outbox.add(exited(1));
    await hub.until(() => hub.refused >= 2, 'two pushes');
    hub.pushes = 'answer';
    await eventually(() => outbox.size === 0, 'acknowledged');
    await eventually(() => told.includes('facts are delivered again'), 'told');
    expect(told.filter((line) => line.startsWith('facts'))).toEqual([
      'facts were not delivered; they are kept, and tried again each second',
      'facts are delivered again',
    ]);
  });

  it('numbers anew for a hub that has lost what it had', async () => {
    start();
    for (const n of [1, 2]) await outbox.add(exited(n));
    await eventually(() => outbox.size === 0 && outbox.lastSeq === 2, 'delivered');
    hub.applied = 0;
    hub.facts.length = 0;
    hub.last.disconnect(true);
    await outbox.add(exited(3));
    await hub.until(() => hub.hellos.length === 2, 'hello');
    await eventually(() => hub.facts.length === 1 || hub.hellos.length > 2, 'the new fact');
    await eventually(() => outbox.size === 0, 'and it is acknowledged');
    expect(hub.facts).toHaveLength(1);
  });

  it('answers what the hub asks, in the order of asking, with typed errors for nonsense', async () => {
    start();
    await hub.until(() => hub.hellos.length === 1, 'hello');
    const sessionId = newId();
    const payload = (seq: number) => ({ sessionId, epoch: 1, client: 'v', seq, data: Buffer.from('x') });
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, n) =>
        hub.last.timeout(5_000).emitWithAck('terminal.input', payload(n + 1)),
      ),
    );
    expect(answers[29]).toEqual({ ok: true, data: { seq: 30 } });
    expect(asked).toEqual(Array.from({ length: 30 }, (_, n) => `input ${String(n + 1)}`));
    const wrong = await hub.last.timeout(5_000).emitWithAck('terminal.input', { ...payload(1), epoch: 'x' });
    expect(wrong).toMatchObject({
      ok: false,
      error: { code: 'VALIDATION_FAILED', fields: [{ field: 'epoch' }] },
    });
    expect(asked.at(-1)).toBe('VALIDATION_FAILED epoch');
  });

  it('R:H5 believes no hub that does not show the key, and does nothing it asks', async () => {
    for (const behave of ['wrong key', 'no proof'] as const) {
      hub.behave = behave;
      const connection = new Connection(options());
      const opened = connection.open(stop.signal).catch((error: unknown) => error);
      await hub.until(() => hub.sockets.length > 0, 'it connects');
      const op = { kind: 'stop', sessionId: newId(), epoch: 1, force: true };
      hub.last.emit('command', { commandId: newId(), ttlMs: 1_000, op }, () => undefined);
      hub.last.emit('terminal.close', { sessionId: newId() }, () => undefined);
      expect(await opened).toMatchObject({ code: 'HUB_KEY_INVALID' });
      expect(connection.isOpen).toBe(false);
      hub.sockets.length = 0;
    }
    expect(asked).toEqual([]);
    hub.behave = 'wrong key';
    start();
    await expect(running).rejects.toMatchObject({ code: 'HUB_KEY_INVALID' });
  });

  it('obeys nobody before the handshake, and gives it up with a hub that says nothing', async () => {
    hub.behave = 'silent';
    const clock = new ManualClock();
    const opened = new Connection(options(hub.identity(), clock))
      .open(stop.signal)
      .catch((error: unknown) => error);
    await hub.until(() => hub.sockets.length === 1, 'it connects');
    const op = { kind: 'stop', sessionId: newId(), epoch: 1, force: true };
    const order = { commandId: newId(), ttlMs: 1_000, op };
    expect(await hub.last.timeout(5_000).emitWithAck('command', order)).toMatchObject({
      ok: false,
      error: { code: 'UNAUTHENTICATED' },
    });
    expect(asked).toEqual([]);
    clock.advance(10_000);
    expect(await opened).toMatchObject({ code: 'TIMEOUT' });
    await eventually(() => hub.last.disconnected, 'and hangs up');
  });

  it('ends for good when a person must act, and tries again otherwise', async () => {
    hub.refusals.push(
      { code: 'SHUTTING_DOWN', message: 'x' },
      { code: 'RATE_LIMITED', message: 'x' },
      { code: 'A_NEW_REASON', message: 'of a newer hub' },
      { code: 'HOST_REVOKED', message: 'gone' },
    );
    start();
    await expect(running).rejects.toMatchObject({ code: 'HOST_REVOKED', message: 'gone' });
    expect(hub.sockets).toHaveLength(4);
    hub.hostPublicKey = newHostKey().publicKey;
    const identity = hub.identity();
    hub.hostPublicKey = newHostKey().publicKey;
    start(identity);
    await expect(running).rejects.toMatchObject({ code: 'HOST_KEY_INVALID' });
  });

  it('a link that breaks fails what waits on it at once', async () => {
    const connection = new Connection(options());
    await connection.open(stop.signal);
    hub.pushes = 'ignore';
    const waits = connection
      .request('outbox.push', { stream: newId(), facts: [] as never })
      .catch((e: unknown) => e);
    await hub.until(() => hub.received.length > 0, 'the push');
    const closed = new Promise((resolve) => {
      connection.onClosed(resolve);
    });
    hub.last.disconnect(true);
    expect(await waits).toMatchObject({ code: 'HUB_UNREACHABLE' });
    expect(await closed).toBeNull();
    await expect(
      connection.request('outbox.push', { stream: newId(), facts: [] as never }),
    ).rejects.toMatchObject({
      code: 'HUB_UNREACHABLE',
    });
  });
});
