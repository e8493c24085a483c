// How a daemon and the hub prove their keys to each other. Both sign texts that name both of them and both fresh
// nonces, so that nothing recorded is of use again, here or elsewhere.
import { createPublicKey, randomBytes, verify } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { installationOf, updateCommand } from '@roundhouse/kit';
import {
  AppError,
  hostProof,
  hubProof,
  negotiate,
  productVersion,
  protocolVersions,
  type DaemonAuth,
  type DaemonEvents,
  type ReplyOf,
  type SentPayloadOf,
} from '@roundhouse/protocol';
import type { HostKey } from './host-keys.repository.js';
import type { HubIdentity } from '../../auth/hub-identity.js';

/** 128 bits: enough that no daemon picks the same nonce twice. */
const minNonceBytes = 16;

/** Of the hub; the same distance from src and from dist. */
const entry = fileURLToPath(new URL('../../main.js', import.meta.url));

type Challenge = SentPayloadOf<DaemonEvents['auth.challenge']>;
type Answer = ReplyOf<DaemonEvents['auth.challenge']>;

export interface HandshakeOptions {
  readonly auth: DaemonAuth;
  readonly identity: Pick<HubIdentity, 'hubId' | 'sign'>;
  /** Null when there is no such host. */
  readonly key: HostKey | null;
  /** Sends the challenge and waits for its answer. */
  readonly ask: (challenge: Challenge) => Promise<Answer>;
  /** What a daemon in a container is updated to. */
  readonly daemonImage: string;
  /** Wall time, milliseconds. */
  readonly now: number;
  readonly newNonce?: () => string;
}

const newNonceText = (): string => randomBytes(32).toString('base64url');

/**
 * @returns the protocol version to speak
 * @throws AppError HOST_REVOKED, HOST_KEY_INVALID, PROTOCOL_MISMATCH, VALIDATION_FAILED; what `ask` throws
 */
export async function provenVersion(options: HandshakeOptions): Promise<number> {
  const { auth, identity, key, ask } = options;
  const { hostId, instanceId, nonce: daemonNonce } = auth;
  if (Buffer.from(daemonNonce, 'base64url').length < minNonceBytes) {
    throw new AppError('VALIDATION_FAILED', {
      message: 'The nonce is too short',
      fields: [{ field: 'nonce', message: `must be at least ${String(minNonceBytes)} random bytes` }],
    });
  }
  const version = negotiate(protocolVersions, auth.protocol);
  if (version === null) throw mismatch(auth, options.daemonImage);
  if (!key) throw new AppError('HOST_REVOKED');
  if (key.publicKey === null)
    throw new AppError('HOST_KEY_INVALID', { message: 'No daemon has enrolled this host' });
  // Made here and known to nobody else; it is forgotten with this call, so it is used once.
  const hubNonce = (options.newNonce ?? newNonceText)();
  const { hubId } = identity;
  const signature = identity.sign(hubProof(hubId, hostId, daemonNonce, hubNonce));
  const answer = await ask({ hubId, nonce: hubNonce, signature });
  const proof = hostProof({ hubId, hostId, hubNonce, instanceId, daemonNonce });
  const proven = keysOf(key, options.now).some((each) => isSignedBy(each, proof, answer.signature));
  if (!proven) throw new AppError('HOST_KEY_INVALID');
  return version;
}

/** The key of the host, and for some minutes after a rotation the one before it. */
const keysOf = ({ publicKey, previousKey, previousKeyUntil }: HostKey, now: number): string[] =>
  [publicKey, previousKeyUntil !== null && previousKeyUntil.getTime() > now ? previousKey : null].filter(
    (key) => key !== null,
  );

/** Whether this Ed25519 key (SPKI, base64) made the signature (base64). */
export function isSignedBy(spki: string, data: Uint8Array, signature: string): boolean {
  const key = createPublicKey({ key: Buffer.from(spki, 'base64'), format: 'der', type: 'spki' });
  // Never by the algorithm of the key alone: what is stored is Ed25519 or nothing.
  if (key.asymmetricKeyType !== 'ed25519') return false;
  return verify(null, data, key, Buffer.from(signature, 'base64'));
}

/** The daemon knows how it was installed; what it needs for the command goes along. */
function mismatch({ protocol }: DaemonAuth, image: string): AppError {
  const ours = `${String(protocolVersions.min)} to ${String(protocolVersions.max)}`;
  const theirs = `${String(protocol.min)} to ${String(protocol.max)}`;
  const message = `This hub (${productVersion}) speaks protocol ${ours}, the daemon ${theirs}`;
  if (protocol.min > protocolVersions.max) {
    const command = updateCommand(installationOf(entry), { version: null, image: null });
    return new AppError('PROTOCOL_MISMATCH', {
      message,
      hint: `Update the hub, then start it again. On its machine: ${command}`,
    });
  }
  const wanted = { version: productVersion, image };
  const container = updateCommand({ kind: 'container', root: '' }, wanted);
  return new AppError('PROTOCOL_MISMATCH', {
    message,
    hint: `Update the daemon to ${productVersion}, then start it again. For a container: ${container}`,
    details: { update: wanted },
  });
}
