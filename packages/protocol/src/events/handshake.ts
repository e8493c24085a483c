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
