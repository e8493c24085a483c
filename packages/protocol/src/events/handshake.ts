// The exact texts that hub and daemon sign, so that both build them in one place.

const join = (parts: readonly string[]): Uint8Array => new TextEncoder().encode(parts.join('\n'));

/** What the hub signs to prove itself to a daemon. */
export const hubProof = (hubId: string, hostId: string, daemonNonce: string, hubNonce: string): Uint8Array =>
  join(['roundhouse hub v1', hubId, hostId, daemonNonce, hubNonce]);

export interface HostProofParts {
  readonly hubId: string;
  readonly hostId: string;
  readonly hubNonce: string;
  readonly instanceId: string;
  readonly daemonNonce: string;
}

/** What a daemon signs to prove its host key: bound to this hub, this nonce and this process. */
export const hostProof = (parts: HostProofParts): Uint8Array =>
  join([
    'roundhouse host v1',
    parts.hubId,
    parts.hostId,
    parts.hubNonce,
    parts.instanceId,
    parts.daemonNonce,
  ]);

export interface KeyProofParts {
  readonly hubId: string;
  readonly hostId: string;
  /** Of the connection on which it is said: what was recorded on another one is of no use. */
  readonly generation: number;
  /** SPKI of the new key, base64. */
  readonly publicKey: string;
}

/** What a daemon signs with its old and with its new key to replace the one by the other. */
export const keyProof = (parts: KeyProofParts): Uint8Array =>
  join(['roundhouse key v1', parts.hubId, parts.hostId, String(parts.generation), parts.publicKey]);
