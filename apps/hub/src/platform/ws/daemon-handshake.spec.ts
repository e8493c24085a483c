import { generateKeyPairSync, randomBytes, randomUUID, sign, verify, type KeyObject } from 'node:crypto';
import {
  hostIdSchema,
  hostProof,
  hubProof,
  instanceIdSchema,
  productVersion,
  type DaemonAuth,
  type HostProofParts,
} from '@roundhouse/protocol';
import { describe, expect, it } from 'vitest';
import { HubIdentity } from '../../auth/hub-identity.js';
import { provenVersion, type HandshakeOptions } from './daemon-handshake.js';

const keys = generateKeyPairSync('ed25519');
const spki = (key: KeyObject): string => key.export({ format: 'der', type: 'spki' }).toString('base64');
const hostId = hostIdSchema.parse(randomUUID());
const newHub = () => new HubIdentity(randomUUID(), generateKeyPairSync('ed25519').privateKey);
const hub = newHub();
const image = 'registry.example.com/roundhouse-daemon:9';

const newAuth = (): DaemonAuth => ({
  hostId,
  instanceId: instanceIdSchema.parse(randomUUID()),
  nonce: randomBytes(32).toString('base64url'),
  protocol: { min: 1, max: 1 },
});

const hostKey = (publicKey: string | null, previous: { key: string; until: number } | null = null) => ({
  ...{ hostId, name: 'box', publicKey, instanceId: null, generation: 0 },
  previousKey: previous?.key ?? null,
  previousKeyUntil: previous && new Date(previous.until),
});

const prove = (parts: HostProofParts, key = keys.privateKey): string =>
  sign(null, hostProof(parts), key).toString('base64');

/** An honest daemon, unless `lie` changes what it signs. */
function attempt(
  auth: DaemonAuth,
  lie: (parts: HostProofParts) => string = prove,
  more: Partial<HandshakeOptions> = {},
) {
  return provenVersion({
    auth,
    identity: hub,
    daemonImage: image,
    key: hostKey(spki(keys.publicKey)),
    now: 1_000,
    ask: ({ hubId, nonce }) => {
      const parts = { hubId, hostId, hubNonce: nonce, instanceId: auth.instanceId, daemonNonce: auth.nonce };
      return Promise.resolve({ signature: lie(parts) });
    },
    ...more,
  });
}

describe('the daemon handshake (R:H5)', () => {
  it('lets an honest daemon in, and proves the hub to it', async () => {
    const auth = newAuth();
    let proven = false;
    const version = await attempt(auth, prove, {
      ask: ({ hubId, nonce, signature }) => {
        const said = hubProof(hubId, hostId, auth.nonce, nonce);
        const hubKey = {
          key: Buffer.from(hub.publicKeySpki, 'base64'),
          format: 'der',
          type: 'spki',
        } as const;
        proven = verify(null, said, hubKey, Buffer.from(signature, 'base64'));
        const parts = {
          hubId,
          hostId,
          hubNonce: nonce,
          instanceId: auth.instanceId,
          daemonNonce: auth.nonce,
        };
        return Promise.resolve({ signature: prove(parts) });
      },
    });
    expect({ version, proven }).toEqual({ version: 1, proven: true });
  });

  it('refuses a recorded answer: each challenge is new', async () => {
    const auth = newAuth();
    let recorded = '';
    await attempt(auth, (parts) => (recorded = prove(parts)));
    await expect(attempt(auth, () => recorded)).rejects.toMatchObject({ code: 'HOST_KEY_INVALID' });
  });

  const other = generateKeyPairSync('ed25519').privateKey;
  it.each<[string, (parts: HostProofParts) => string]>([
    ['for another hub', (parts) => prove({ ...parts, hubId: randomUUID() })],
    ['for another host', (parts) => prove({ ...parts, hostId: randomUUID() })],
    ['for another instance', (parts) => prove({ ...parts, instanceId: randomUUID() })],
    ['over a nonce of its own', (parts) => prove({ ...parts, hubNonce: parts.daemonNonce })],
    ['by another key', (parts) => prove(parts, other)],
    ['that is empty', () => ''],
    ['that is rubbish', () => 'rubbish!'],
  ])('refuses a signature %s', async (_what, lie) => {
    await expect(attempt(newAuth(), lie)).rejects.toMatchObject({ code: 'HOST_KEY_INVALID', status: 401 });
  });

  it('R:H7 takes the key before a rotation for as long as it is told to', async () => {
    const next = spki(generateKeyPairSync('ed25519').publicKey);
    const previous = { key: spki(keys.publicKey), until: 1_001 };
    await expect(attempt(newAuth(), prove, { key: hostKey(next, previous) })).resolves.toBe(1);
    await expect(
      attempt(newAuth(), prove, { key: hostKey(next, { ...previous, until: 1_000 }) }),
    ).rejects.toMatchObject({ code: 'HOST_KEY_INVALID' });
    await expect(attempt(newAuth(), prove, { key: hostKey(null, previous) })).rejects.toMatchObject({
      code: 'HOST_KEY_INVALID',
    });
  });

  it('asks no more of a daemon that it will not let in anyway', async () => {
    const ask = () => Promise.reject(new Error('asked'));
    const enrolled = hostKey(null);
    await expect(attempt(newAuth(), prove, { key: null, ask })).rejects.toMatchObject({
      code: 'HOST_REVOKED',
    });
    await expect(attempt(newAuth(), prove, { key: enrolled, ask })).rejects.toMatchObject({
      code: 'HOST_KEY_INVALID',
    });
    const old = { ...newAuth(), protocol: { min: 7, max: 9 } };
    await expect(attempt(old, prove, { ask })).rejects.toMatchObject({ code: 'PROTOCOL_MISMATCH' });
    const newer = { ...newAuth(), protocol: { min: 7, max: 9 } };
    await expect(attempt(newer, prove, { ask })).rejects.toMatchObject({
      hint: expect.stringMatching(/^Update the hub.*git -C \/.* pull/) as string,
    });
    const older = { ...newAuth(), protocol: { min: 0, max: 0 } };
    await expect(attempt(older, prove, { ask })).rejects.toMatchObject({
      hint: expect.stringContaining(`podman pull ${image}`) as string,
      details: { update: { version: productVersion, image } },
    });
    const weak = { ...newAuth(), nonce: 'abc' };
    await expect(attempt(weak, prove, { ask })).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  });
});
