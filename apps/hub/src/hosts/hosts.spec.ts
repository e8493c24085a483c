// Registration, enrolment and presence of hosts on a real database.
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { newId } from '@roundhouse/kit';
import {
  formatJoinToken,
  instanceIdSchema,
  parseJoinToken,
  type Host,
  type HostId,
  type Inventory,
  type SystemInfo,
} from '@roundhouse/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HubIdentity } from '../auth/hub-identity.js';
import { startTestServer, type TestServer } from '../platform/database/test-server.js';
import { HubAddress } from '../platform/http/hub-address.js';
import { hostOf } from '../testing/entities.js';
import { HubRig } from '../testing/hub-rig.js';
import { testSettings } from '../testing/test-hub.js';
import { EnrolmentService } from './enrolment.service.js';
import { HostKeyRepository } from './host-key.repository.js';
import { HostKeyService } from './host-key.service.js';
import { HostLoads } from './host-loads.js';
import { HostsService } from './hosts.service.js';
import { JoinTokensService } from './join-tokens.service.js';

let server: TestServer;
let rig: HubRig;
let stateDir: string;
let hosts: HostsService;
let enrolment: EnrolmentService;
let keys: HostKeyService;
beforeAll(async () => {
  server = await startTestServer();
  rig = await HubRig.start(server);
  stateDir = await mkdtemp(path.join(tmpdir(), 'rh-hosts-'));
  const identity = await HubIdentity.load(stateDir);
  const address = new HubAddress({
    ...{ publicUrl: 'http://127.0.0.1:4400', allowedHosts: [], bindHost: '127.0.0.1', tls: false },
    ...{ caCertificate: null, caFingerprint: null },
  });
  const { clock, hostRows, daemons, bus, audit, presence } = rig;
  const tokens = new JoinTokensService(clock, newId, testSettings(stateDir).config, identity, address);
  hosts = new HostsService(hostRows, tokens, daemons, bus, audit, presence, clock, newId);
  enrolment = new EnrolmentService(hostRows, hosts, identity, address, audit, bus, clock);
  const keyRows = new HostKeyRepository(rig.database);
  keys = new HostKeyService(keyRows, hosts, identity, daemons, audit, bus, clock);
});
afterAll(async () => {
  await rig.close();
  await server.stop();
  await rm(stateDir, { recursive: true, force: true });
});

const register = (): ReturnType<HostsService['create']> =>
  hosts.create({ name: `host ${newId()}` }, rig.actor);
const newKey = (): string =>
  generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
const enrol = (token: string, publicKey = newKey()) =>
  enrolment.enrol({ token, publicKey, instanceId: instanceIdSchema.parse(newId()) }, '127.0.0.1');
const invalid = { code: 'JOIN_TOKEN_INVALID' };

describe('enrolment (R:H6)', () => {
  it('works once', async () => {
    const { id, joinToken } = await register();
    expect(await enrol(joinToken)).toMatchObject({ hostId: id, caCertificate: null });
    await expect(enrol(joinToken)).rejects.toMatchObject(invalid);
    expect((await rig.audits('HOST_ENROLLED')).filter(({ subjectId }) => subjectId === id)).toHaveLength(1);
  });

  it('lets exactly one of twenty win', async () => {
    const { joinToken } = await register();
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => enrol(joinToken)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toMatchObject(invalid);
  });

  it('ends with the half hour, and with a newer token', async () => {
    const late = await register();
    rig.clock.advance(30 * 60_000);
    await expect(enrol(late.joinToken)).rejects.toMatchObject(invalid);
    const { id, joinToken } = await register();
    const newer = await hosts.createJoinToken(id, rig.actor);
    await expect(enrol(joinToken)).rejects.toMatchObject(invalid);
    expect((await enrol(newer.joinToken)).hostId).toBe(id);
  });

  it('refuses another secret, another hub, and a key that is none, without using the token up', async () => {
    const { joinToken } = await register();
    const parts = parseJoinToken(joinToken);
    const other = 'A'.repeat(43);
    await expect(enrol(formatJoinToken({ ...parts, secret: other }))).rejects.toMatchObject(invalid);
    await expect(enrol(formatJoinToken({ ...parts, hubKey: other }))).rejects.toMatchObject(invalid);
    await expect(enrol(formatJoinToken({ ...parts, id: newId() }))).rejects.toMatchObject(invalid);
    await expect(enrol(joinToken, 'no key')).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
    await enrol(joinToken);
  });

  it('refuses the key of another host in words, and the token lives', async () => {
    const key = newKey();
    await enrol((await register()).joinToken, key);
    const { joinToken } = await register();
    await expect(enrol(joinToken, key)).rejects.toMatchObject({
      code: 'CONFLICT',
      fields: [{ field: 'publicKey' }],
    });
    await enrol(joinToken);
  });

  it('ends the connection that the old key had proven', async () => {
    const { id, joinToken } = await register();
    await enrol(joinToken);
    const daemon = rig.connect(id);
    const { joinToken: next } = await hosts.createJoinToken(id, rig.actor);
    expect(daemon.closed).toBe(false);
    await enrol(next);
    expect(daemon.closed).toBe(true);
    expect(daemon.heard.at(-1)).toMatchObject({ name: 'auth.refused', payload: { code: 'HOST_REVOKED' } });
  });

  it('records that a daemon was asked for a new key when there is one to ask', async () => {
    const { id } = await register();
    await expect(keys.renew(id, rig.actor)).rejects.toMatchObject({ code: 'HOST_UNREACHABLE' });
    expect((await rig.audits('HOST_KEY_ASKED')).filter(({ subjectId }) => subjectId === id)).toEqual([]);
    const daemon = rig.connect(id);
    await keys.renew(id, rig.actor).catch(() => undefined);
    expect(daemon.heard.at(-1)).toMatchObject({ name: 'key.renew' });
    expect((await rig.audits('HOST_KEY_ASKED')).filter(({ subjectId }) => subjectId === id)).toHaveLength(1);
  });

  it('keeps no secret (R:A15)', async () => {
    const { joinToken } = await register();
    const { secret } = parseJoinToken(joinToken);
    const rows = await rig.database.client.joinToken.findMany();
    const audits = (await rig.audits('HOST_CREATED')).map(({ details }) => details);
    expect(JSON.stringify([rows, audits])).not.toContain(secret);
  });
});

const system = (cpuPercent: number): SystemInfo => ({
  ...{ os: 'Linux', arch: 'x64', hostname: 'mill', cores: 2, cpuPercent, memTotalBytes: 8, memUsedBytes: 4 },
  ...{ diskTotalBytes: 8, diskFreeBytes: 4, uptimeS: 1 },
});

describe('presence', () => {
  const stateOf = async (id: HostId): Promise<Host['state'] | undefined> => {
    await rig.presence.settled(id);
    return (await rig.hostRows.find(id))?.state;
  };

  it('is online, then unreachable, then offline, and online again', async () => {
    const id = await rig.host();
    const daemon = rig.connect(id);
    await rig.presence.connected(daemon, '0.1.0');
    expect(await stateOf(id)).toBe('online');
    await rig.disconnect(daemon);
    expect(await stateOf(id)).toBe('unreachable');
    rig.clock.advance(59_000);
    expect(await stateOf(id)).toBe('unreachable');
    rig.clock.advance(1_000);
    expect(await stateOf(id)).toBe('offline');
    await rig.presence.connected(rig.connect(id), '0.1.0');
    rig.clock.advance(120_000);
    expect(await stateOf(id)).toBe('online');
  });

  it('does not believe a hello whose link is gone, nor the end of a link that was replaced (R:C8)', async () => {
    const id = await rig.host();
    const first = rig.connect(id);
    await rig.disconnect(first);
    await rig.presence.connected(first, '0.1.0');
    expect(await stateOf(id)).toBe('unreachable');
    const second = rig.connect(id);
    await rig.presence.connected(second, '0.1.0');
    rig.bus.emit('host.disconnected', { hostId: id, generation: first.generation });
    expect(await stateOf(id)).toBe('online');
  });

  it('after a restart of the hub is unreachable until the daemon comes, or offline', async () => {
    const id = await rig.host();
    const away = await rig.host();
    await rig.hostRows.setState(id, 'online');
    await rig.hostRows.setState(away, 'unreachable');
    rig.presence.onModuleDestroy();
    rig.presence.onApplicationBootstrap();
    await rig.settle();
    expect(await stateOf(id)).toBe('unreachable');
    await rig.presence.connected(rig.connect(id), '0.1.0');
    rig.clock.advance(60_000);
    expect([await stateOf(id), await stateOf(away)]).toEqual(['online', 'offline']);
  });

  it('tells load every ten seconds, and of a host with thousands of projects every minute', async () => {
    const [project] = hostOf().projects;
    if (!project) throw new Error('no project');
    const projects = Array.from({ length: 2_000 }, (_, n) => ({ ...project, path: `/srv/${String(n)}` }));
    const inventory: Inventory = {
      ...{ projectRoots: ['/srv'], projects, profiles: [], profileProblems: [] },
      otlp: { state: 'listening', port: 4318, reason: null },
    };
    const [small, large] = [await rig.host(), await rig.host()];
    await rig.presence.inventory(large, inventory);
    const told = new Map<string, number>();
    const stop = rig.bus.on('host.changed', ({ id }) => told.set(id, (told.get(id) ?? 0) + 1));
    for (let beat = 0; beat < 24; beat += 1) {
      for (const id of [small, large]) await rig.presence.observed(id, system(beat));
      rig.clock.advance(5_000);
    }
    stop();
    expect([told.get(small), told.get(large)]).toEqual([12, 2]);
  });

  it('stores and tells the loads of many hosts together, as they are now', async () => {
    const ids = [await rig.host(), await rig.host(), await rig.host()] as const;
    const [known, changed, gone] = ids;
    const told: Host[] = [];
    const loads = new HostLoads({
      ...{ hosts: rig.hostRows, clock: rig.clock },
      tell: (host) => told.push(host),
      failed: (error) => {
        throw error;
      },
    });
    for (const id of ids) {
      const host = await rig.hostRows.find(id);
      if (host) loads.told(host);
      loads.add(id, system(7));
    }
    await rig.hostRows.transaction((tx) => rig.hostRows.rename(changed, 'renamed meanwhile', tx));
    loads.forget(gone);
    rig.clock.advance(1_000);
    await expect.poll(() => told.length).toBe(2);
    const stored = await Promise.all([known, changed].map((id) => rig.hostRows.find(id)));
    expect([...told].sort(byName)).toEqual([...stored].sort(byName));
    expect(told.map((host) => host.system)).toEqual([system(7), system(7)]);
    expect(told.some(({ name }) => name === 'renamed meanwhile')).toBe(true);
    expect((await rig.hostRows.find(gone))?.system).not.toEqual(system(7));
  });
});

const byName = (a: Host | null, b: Host | null): number => (a?.name ?? '').localeCompare(b?.name ?? '');
