import { createPublicKey, verify } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ManualClock, newId, silentLogger } from '@roundhouse/kit';
import { AppError, hostIdSchema, keyProof } from '@roundhouse/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newHostKey, readIdentity, writeIdentity, type HostIdentity } from './host-identity.js';
import { KeyRotation, rotateAfterMs } from './key-rotation.js';

const hubId = newId();
const hostId = hostIdSchema.parse(newId());
const key = newHostKey();
let stateDir: string;
let clock: ManualClock;

const register = (keySince?: string): Promise<HostIdentity> =>
  writeIdentity(stateDir, {
    ...{ version: 1 as const, hostId, hostName: 'here', hubId, hubPublicKey: 'x', caCertificate: null },
    ...{ privateKey: key.privateKey, joinTokenId: 'x' },
    ...(keySince === undefined ? {} : { keySince }),
  });
const onDisk = () =>
  JSON.parse(readFileSync(path.join(stateDir, 'host.json'), 'utf8')) as Record<string, string>;
const isSignedBy = (spki: string, data: Uint8Array, signature: string): boolean =>
  verify(
    null,
    data,
    createPublicKey({ key: Buffer.from(spki, 'base64'), format: 'der', type: 'spki' }),
    Buffer.from(signature, 'base64'),
  );

interface Proposal {
  publicKey: string;
  byOld: string;
  byNew: string;
}

/** A hub that answers as it is told. */
function hubThat(answer: () => Promise<object>) {
  const proposals: Proposal[] = [];
  const request = (_name: string, payload: unknown) => {
    proposals.push(payload as Proposal);
    return answer();
  };
  return { proposals, connection: { request } as never };
}

beforeEach(() => {
  stateDir = mkdtempSync(path.join(tmpdir(), 'rh-key-'));
  clock = new ManualClock();
});
afterEach(() => {
  rmSync(stateDir, { recursive: true, force: true });
});

describe('the key of a host (R:H7, F:A6)', () => {
  it('is replaced at three quarters of its life, with both keys’ word for it', async () => {
    const identity = await register(new Date(clock.now()).toISOString());
    const rotation = new KeyRotation({ identity, clock, logger: silentLogger() });
    expect(rotation.isDue).toBe(false);
    clock.advance(rotateAfterMs);
    expect(rotation.isDue).toBe(true);
    const hub = hubThat(() => Promise.resolve({}));
    await rotation.attempt(hub.connection, 7);
    const [proposal] = hub.proposals;
    if (!proposal) throw new Error('nothing was proposed');
    const said = keyProof({ hubId, hostId, generation: 7, publicKey: proposal.publicKey });
    expect(isSignedBy(key.publicKey, said, proposal.byOld)).toBe(true);
    expect(isSignedBy(proposal.publicKey, said, proposal.byNew)).toBe(true);
    expect(isSignedBy(proposal.publicKey, Buffer.from('a'), identity.sign(Buffer.from('a')))).toBe(true);
    expect(rotation.isDue).toBe(false);
    expect(onDisk()).toMatchObject({ previousKey: key.privateKey });
    expect(onDisk()).not.toHaveProperty('nextKey');
  });

  it('is written down before the hub hears of it, and proposed again when the answer was lost', async () => {
    const identity = await register(new Date(clock.now()).toISOString());
    const rotation = new KeyRotation({ identity, clock, logger: silentLogger() });
    const lost = hubThat(() => {
      expect(onDisk()['nextKey']).toMatch(/BEGIN PRIVATE KEY/);
      return Promise.reject(new AppError('HUB_UNREACHABLE'));
    });
    await expect(rotation.rotate(lost.connection, 1)).rejects.toMatchObject({ code: 'HUB_UNREACHABLE' });
    // A daemon that starts again finds both.
    const again = await readIdentity(stateDir);
    if (!again) throw new Error('no registration');
    const second = new KeyRotation({ identity: again, clock, logger: silentLogger() });
    expect(second.isDue).toBe(true);
    const hub = hubThat(() => Promise.resolve({}));
    await second.attempt(hub.connection, 2);
    expect(hub.proposals[0]?.publicKey).toBe(lost.proposals[0]?.publicKey);
  });

  it('is kept when the hub failed after it may have taken it', async () => {
    const identity = await register('2020-01-01T00:00:00.000Z');
    const rotation = new KeyRotation({ identity, clock, logger: silentLogger() });
    const hub = hubThat(() => Promise.reject(new AppError('INTERNAL')));
    await rotation.attempt(hub.connection, 1);
    const [proposal] = hub.proposals;
    if (!proposal) throw new Error('nothing was proposed');
    expect(identity.useAnother()).toBe(true);
    expect(isSignedBy(proposal.publicKey, Buffer.from('a'), identity.sign(Buffer.from('a')))).toBe(true);
  });

  it('stays when the hub does not want another; it is asked again after a day', async () => {
    const identity = await register('2020-01-01T00:00:00.000Z');
    const rotation = new KeyRotation({ identity, clock, logger: silentLogger() });
    const hub = hubThat(() => Promise.reject(new AppError('NOT_FOUND')));
    await rotation.attempt(hub.connection, 1);
    expect(onDisk()).toMatchObject({ privateKey: key.privateKey });
    expect(onDisk()).not.toHaveProperty('nextKey');
    expect(rotation.isDue).toBe(false);
    clock.advance(24 * 60 * 60_000);
    expect(rotation.isDue).toBe(true);
  });

  it('after a refusal the next one and the one before are tried, once each; the one that is taken counts', async () => {
    const identity = await register(new Date(clock.now()).toISOString());
    expect(identity.useAnother()).toBe(false);
    const { publicKey } = await identity.propose(1);
    expect(identity.useAnother()).toBe(true);
    expect(isSignedBy(publicKey, Buffer.from('a'), identity.sign(Buffer.from('a')))).toBe(true);
    expect(identity.useAnother()).toBe(false);
    identity.useAnother();
    await identity.settle(new Date(clock.now()));
    // A hub restored from a backup knows only the older one.
    expect(identity.useAnother()).toBe(true);
    expect(isSignedBy(key.publicKey, Buffer.from('a'), identity.sign(Buffer.from('a')))).toBe(true);
    await identity.settle(new Date(clock.now()));
    expect(onDisk()).toMatchObject({ privateKey: key.privateKey });
  });

  it('of an earlier version is counted from when it is first taken', async () => {
    const identity = await register();
    expect(identity.keySince).toBeNull();
    await identity.settle(new Date(clock.now()));
    expect(onDisk()).toMatchObject({ keySince: new Date(clock.now()).toISOString() });
    writeFileSync(path.join(stateDir, 'host.json'), '{');
    await expect(readIdentity(stateDir)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});
