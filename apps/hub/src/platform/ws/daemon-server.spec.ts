import { randomBytes, randomUUID } from 'node:crypto';
import { daemonEvents, hostIdSchema, type HostProofParts } from '@roundhouse/protocol';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { stubFeatures } from '../../testing/stub-features.js';
import {
  connectDaemon,
  enrolledHost,
  helloOf,
  type TestDaemon,
  type TestHost,
} from '../../testing/test-daemon.js';
import { TestHub } from '../../testing/test-hub.js';
import type { Prisma } from '../../generated/prisma/client.js';
import { Database } from '../database/database.js';
import { EventBus } from '../event-bus/event-bus.js';
import { DaemonRegistry } from './daemon-registry.js';
import type { DaemonOptions } from '../../testing/test-daemon.js';

const features = stubFeatures();
const events: string[] = [];
const open: TestDaemon[] = [];
let test: TestHub;
let host: TestHost;

beforeAll(async () => {
  test = await TestHub.start({ features: features.modules });
});
afterAll(() => test.close());
afterEach(async () => {
  for (const { socket } of open.splice(0)) socket.disconnect();
  await expect.poll(() => registered()).toBeUndefined();
  features.heard.length = 0;
  events.length = 0;
});

const registered = () => host && test.hub.get(DaemonRegistry).get(hostIdSchema.parse(host.hostId));

function connect(options: DaemonOptions = {}, as: TestHost = host): TestDaemon {
  const daemon = connectDaemon(test.hub, as, options);
  open.push(daemon);
  return daemon;
}

async function accepted(options: DaemonOptions = {}): Promise<TestDaemon & { generation: number }> {
  const daemon = connect(options);
  const outcome = await daemon.outcome;
  if (!('accepted' in outcome)) throw new Error(outcome.refused.code);
  return { ...daemon, generation: outcome.accepted.generation };
}

const codeOf = async ({ outcome }: TestDaemon): Promise<string> => {
  const result = await outcome;
  return 'refused' in result ? result.refused.code : 'accepted';
};
const audits = () => test.hub.get(Database).client.auditEvent.findMany({ where: { subjectId: host.hostId } });
const hello = (daemon: TestDaemon, generation = 1): Promise<unknown> =>
  daemon.socket.timeout(5000).emitWithAck('hello', helloOf(generation));

describe('the daemon socket', () => {
  it('waits for setup', async () => {
    const early = connectDaemon(test.hub, { hostId: randomUUID(), sign: () => '' });
    expect(await codeOf(early)).toBe('SETUP_REQUIRED');
    await test.setUp();
    host = await enrolledHost(test.hub, 'box');
    test.hub
      .get(EventBus)
      .on('host.disconnected', ({ generation }) => events.push(`gone ${String(generation)}`));
    test.hub.get(EventBus).on('host.refused', ({ code }) => events.push(`refused ${code}`));
  });

  it('accepts a daemon that proves its key, and takes its word after hello', async () => {
    const daemon = await accepted();
    expect(registered()).toMatchObject({ instanceId: daemon.instanceId, generation: daemon.generation });
    expect(await hello(daemon, daemon.generation)).toEqual({
      ok: true,
      data: { outboxAcked: 0, forget: [] },
    });
    daemon.socket.emit('terminal.output', {
      sessionId: randomUUID(),
      epoch: 1,
      offset: 0,
      data: randomBytes(9),
    });
    await expect.poll(() => features.heard.length).toBe(2);
    expect(features.heard[1]).toMatchObject({
      payload: { data: expect.any(Uint8Array) },
      socket: { hostId: host.hostId },
    });
    daemon.socket.disconnect();
    await expect.poll(() => events).toEqual([`gone ${String(daemon.generation)}`]);
  });

  it('refuses events before the proof, and before hello', async () => {
    for (const name of Object.keys(daemonEvents)) {
      const silent = connect({ answer: () => new Promise(() => undefined) });
      silent.socket.emit(name, helloOf(1));
      expect(await codeOf(silent), name).toBe('UNAUTHENTICATED');
      await silent.closed;
    }
    const daemon = await accepted();
    const refused = new Promise((resolve) => daemon.socket.once('auth.refused', resolve));
    daemon.socket.emit('inventory', {});
    expect(await refused).toMatchObject({ code: 'UNAUTHENTICATED' });
    await daemon.closed;
    expect(features.heard).toEqual([]);
  });

  it('refuses a recorded handshake, and signatures for others (R:H5)', async () => {
    const recorded: unknown[] = [];
    const nonce = randomBytes(32).toString('base64url');
    const instanceId = randomUUID();
    const record = (parts: HostProofParts) => {
      recorded.push({ ok: true, data: { signature: host.sign(parts) } });
      return recorded[0];
    };
    const first = await accepted({ nonce, instanceId, answer: record });
    first.socket.disconnect();
    await expect.poll(() => registered()).toBeUndefined();
    expect(await codeOf(connect({ nonce, instanceId, answer: () => recorded[0] }))).toBe('HOST_KEY_INVALID');
    const lies: ((parts: HostProofParts) => HostProofParts)[] = [
      (parts) => ({ ...parts, hubId: randomUUID() }),
      (parts) => ({ ...parts, hostId: randomUUID() }),
      (parts) => ({ ...parts, hubNonce: nonce }),
      (parts) => ({ ...parts, instanceId: randomUUID() }),
    ];
    for (const lie of lies) {
      const answer = (parts: HostProofParts) => ({ ok: true, data: { signature: host.sign(lie(parts)) } });
      expect(await codeOf(connect({ answer }))).toBe('HOST_KEY_INVALID');
    }
    const other = await enrolledHost(test.hub, 'other');
    expect(await codeOf(connect({}, { hostId: host.hostId, sign: other.sign }))).toBe('HOST_KEY_INVALID');
    expect(await codeOf(connect({}, { hostId: randomUUID(), sign: other.sign }))).toBe('HOST_REVOKED');
    expect(await codeOf(connect({ answer: () => 'rubbish' }))).toBe('VALIDATION_FAILED');
    expect((await audits()).filter(({ code }) => code === 'HOST_KEY_REFUSED')).toHaveLength(6);
    expect(registered()).toBeUndefined();
  });

  it('lets one of two daemons with one key in (R:C9)', async () => {
    const outcomes = await Promise.all([codeOf(connect()), codeOf(connect()), codeOf(connect())]);
    expect(outcomes.sort()).toEqual(['HOST_CONFLICT', 'HOST_CONFLICT', 'accepted']);
    expect(events).toEqual(['refused HOST_CONFLICT', 'refused HOST_CONFLICT']);
    expect((await audits()).filter(({ code }) => code === 'HOST_CONFLICT')).toHaveLength(2);
    const winner = open.find(({ socket }) => socket.connected);
    expect(registered()?.instanceId).toBe(winner?.instanceId);
    expect(await codeOf(connect())).toBe('HOST_CONFLICT');
    winner?.socket.disconnect();
    await expect.poll(() => registered()).toBeUndefined();
    expect(await codeOf(connect())).toBe('accepted');
  });

  it('lets another in when the first is dead on the line', async () => {
    const frozen = await accepted();
    // Deaf and mute, as a machine that was suspended.
    const transport: unknown = Reflect.get(frozen.socket.io.engine, 'transport');
    const raw = Reflect.get(Object(transport), 'ws') as { pause(): void };
    raw.pause();
    const next = await accepted();
    expect(next.generation).toBe(frozen.generation + 1);
    expect(registered()?.instanceId).toBe(next.instanceId);
    expect(events).toEqual([`gone ${String(frozen.generation)}`]);
    frozen.socket.disconnect();
  });

  it('replaces the older link of the same instance, whose late words count for nothing (R:C8)', async () => {
    const older = await accepted();
    await hello(older, older.generation);
    const newer = await accepted({ instanceId: older.instanceId });
    expect(newer.generation).toBe(older.generation + 1);
    await older.closed;
    await hello(newer, newer.generation);
    expect(registered()?.generation).toBe(newer.generation);
    expect(events).toEqual([]);
    expect(features.heard.map(({ socket }) => 'generation' in socket && socket.generation)).toEqual([
      older.generation,
      newer.generation,
    ]);
  });

  it('R:H7 lets a daemon in whose key was replaced while it proved the one before; none that was revoked', async () => {
    const { client } = test.hub.get(Database);
    const between = async (name: string, data: Prisma.HostUpdateInput) => {
      const other = await enrolledHost(test.hub, name);
      const where = { id: other.hostId };
      const { publicKey } = await client.host.findUniqueOrThrow({ where });
      const answer = async (parts: HostProofParts) => {
        const signature = other.sign(parts);
        await client.host.update({ where, data: { previousKey: publicKey, ...data } });
        return { ok: true, data: { signature } };
      };
      return codeOf(connect({ answer }, other));
    };
    const [soon, past] = [new Date(Date.now() + 60_000), new Date(Date.now() - 1)];
    expect(await between('rotated', { publicKey: 'the next', previousKeyUntil: soon })).toBe('accepted');
    expect(await between('long ago', { publicKey: 'another', previousKeyUntil: past })).toBe('HOST_REVOKED');
    expect(await between('revoked', { publicKey: null, previousKey: null })).toBe('HOST_REVOKED');
  });

  it('asks a daemon and reads its answer, whatever that is', async () => {
    const daemon = await accepted();
    const answers: unknown[] = [
      { ok: true, data: { projects: 2, profiles: 1 } },
      { ok: false, error: { code: 'NO_SPACE', message: 'full' } },
      { ok: true, data: { projects: 'many' } },
      'rubbish',
    ];
    daemon.socket.on('inventory.rescan', (_: unknown, ack: (answer: unknown) => void) => {
      if (answers.length > 0) ack(answers.shift());
    });
    const rescan = (options = {}) => registered()?.request('inventory.rescan', {}, options);
    expect(await rescan()).toEqual({ projects: 2, profiles: 1 });
    await expect(rescan()).rejects.toMatchObject({ code: 'NO_SPACE', message: 'full' });
    await expect(rescan()).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
    await expect(rescan()).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
    await expect(rescan({ timeoutMs: 50 })).rejects.toMatchObject({ code: 'TIMEOUT' });
    await expect(rescan({ signal: AbortSignal.abort(new Error('changed my mind')) })).rejects.toThrow(
      'changed my mind',
    );
    const waiting = rescan();
    daemon.socket.disconnect();
    await expect(waiting).rejects.toMatchObject({ code: 'HOST_UNREACHABLE' });
  });

  it('survives whatever a daemon sends (R:T32)', async () => {
    const daemon = await accepted();
    await hello(daemon, daemon.generation);
    const names = Object.keys(daemonEvents).filter((name) => name !== 'hello');
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...names, '__proto__', ''),
        fc.array(fc.jsonValue()),
        async (name, args) => {
          const answer: unknown = await daemon.socket.timeout(5000).emitWithAck(name, ...args);
          expect(answer).toMatchObject({ ok: expect.any(Boolean) });
        },
      ),
      { numRuns: 150 },
    );
    const big = connect({ answer: () => ({ ok: true, data: { signature: 'x'.repeat(2_000_000) } }) });
    big.outcome.catch(() => undefined);
    await big.closed;
    expect((await test.call({ path: '/readyz' })).status).toBe(200);
    expect(daemon.socket.connected).toBe(true);
  });

  it('is told when the hub closes', async () => {
    const daemon = await accepted();
    const told = new Promise((resolve) => daemon.socket.once('auth.refused', resolve));
    await test.restart();
    expect(await told).toMatchObject({ code: 'SHUTTING_DOWN' });
    expect(await daemon.closed).toBe('transport close');
    expect((await accepted()).generation).toBe(daemon.generation + 1);
  });
});
