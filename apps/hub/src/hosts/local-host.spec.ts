// The machine of the hub keeps its host whatever people call it.
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { newId } from '@roundhouse/kit';
import { instanceIdSchema } from '@roundhouse/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { HubIdentity } from '../auth/hub-identity.js';
import { startTestServer, type TestServer } from '../platform/database/test-server.js';
import { HubAddress } from '../platform/http/hub-address.js';
import { HubRig } from '../testing/hub-rig.js';
import { testSettings } from '../testing/test-hub.js';
import { EnrolmentService } from './enrolment.service.js';
import { HostsService } from './hosts.service.js';
import { JoinTokensService } from './join-tokens.service.js';
import { LocalHostRepository } from './local-host.repository.js';
import { LocalHostService } from './local-host.service.js';

let server: TestServer;
let rig: HubRig;
let stateDir: string;
let hosts: HostsService;
let local: LocalHostService;
let enrol: (token: string) => Promise<{ hostId: string; name: string }>;
beforeAll(async () => {
  server = await startTestServer();
  rig = await HubRig.start(server);
  stateDir = await mkdtemp(path.join(tmpdir(), 'rh-local-host-'));
  const identity = await HubIdentity.load(stateDir);
  const address = new HubAddress({
    ...{ publicUrl: 'http://127.0.0.1:4400', allowedHosts: [], bindHost: '127.0.0.1', tls: false },
    ...{ caCertificate: null, caFingerprint: null },
  });
  const { clock, hostRows, daemons, bus, audit, presence, database } = rig;
  const tokens = new JoinTokensService(clock, newId, testSettings(stateDir).config, identity, address);
  hosts = new HostsService(hostRows, tokens, daemons, bus, audit, presence, clock, newId);
  const rows = new LocalHostRepository(database);
  local = new LocalHostService(hostRows, rows, tokens, audit, bus, clock, newId);
  const enrolment = new EnrolmentService(hostRows, hosts, identity, address, audit, bus, clock);
  enrol = (token) => {
    const key = generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' });
    const instanceId = instanceIdSchema.parse(newId());
    return enrolment.enrol({ token, publicKey: key.toString('base64'), instanceId }, '127.0.0.1');
  };
});
afterAll(async () => {
  await rig.close();
  await server.stop();
  await rm(stateDir, { recursive: true, force: true });
});

const issue = async (daemonHasKey: boolean): Promise<string> => {
  const token = await local.issueJoinToken({ daemonHasKey });
  if (token === null) throw new Error('no token');
  return token;
};

it('registers itself beside a host that has its name already, and keeps to that host when it is renamed', async () => {
  const other = await hosts.create({ name: hostname() }, rig.actor);
  const first = await enrol(await issue(false));
  expect(first.hostId).not.toBe(other.id);
  expect(first.name).toBe(`${hostname()} 2`);

  const [own] = (await hosts.list()).filter(({ id }) => id === first.hostId);
  if (!own) throw new Error('not listed');
  await hosts.rename(own.id, 'the forge', rig.actor);
  expect(await local.issueJoinToken({ daemonHasKey: true })).toBeNull();

  const again = await enrol(await issue(false));
  expect(again).toMatchObject({ hostId: first.hostId, name: 'the forge' });
});

it('registers itself anew after it was removed', async () => {
  const before = await enrol(await issue(false));
  const [own] = (await hosts.list()).filter(({ id }) => id === before.hostId);
  if (!own) throw new Error('not listed');
  await hosts.remove(own.id, rig.actor);
  const after = await enrol(await issue(true));
  expect(after.hostId).not.toBe(before.hostId);
});
