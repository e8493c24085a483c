// A daemon as far as the handshake: for specs, with every lie that one could tell.
import { generateKeyPairSync, randomBytes, randomUUID, sign } from 'node:crypto';
import { hostProof, type HostProofParts, type WireError } from '@roundhouse/protocol';
import { io, type Socket } from 'socket.io-client';
import * as msgpack from 'socket.io-msgpack-parser';
import type { Hub } from '../hub.js';
import { Database } from '../platform/database/database.js';

export interface TestHost {
  readonly hostId: string;
  readonly sign: (parts: HostProofParts) => string;
}

/** A row of a host whose daemon has enrolled. */
export async function enrolledHost(hub: Hub, name: string): Promise<TestHost> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const hostId = randomUUID();
  const spki = publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
  await hub.get(Database).client.host.create({ data: { id: hostId, name, publicKey: spki } });
  return { hostId, sign: (parts) => sign(null, hostProof(parts), privateKey).toString('base64') };
}

export interface DaemonOptions {
  readonly instanceId?: string;
  readonly nonce?: string;
  /** The answer to the challenge, now or later; default the right one. */
  readonly answer?: (parts: HostProofParts) => unknown;
}

export interface TestDaemon {
  readonly socket: Socket;
  readonly instanceId: string;
  /** What the hub said to the handshake. */
  readonly outcome: Promise<{ readonly accepted: { generation: number } } | { readonly refused: WireError }>;
  readonly closed: Promise<string>;
}

export function connectDaemon(hub: Hub, host: TestHost, options: DaemonOptions = {}): TestDaemon {
  const instanceId = options.instanceId ?? randomUUID();
  const nonce = options.nonce ?? randomBytes(32).toString('base64url');
  const socket = io(`${hub.url}/daemon`, {
    path: '/daemon.io',
    transports: ['websocket'],
    parser: msgpack,
    reconnection: false,
    forceNew: true,
    auth: { hostId: host.hostId, instanceId, nonce, protocol: { min: 1, max: 1 } },
  });
  socket.on(
    'auth.challenge',
    (challenge: { hubId: string; nonce: string }, ack: (answer: unknown) => void) => {
      const { hubId, nonce: hubNonce } = challenge;
      const parts = { hubId, hostId: host.hostId, hubNonce, instanceId, daemonNonce: nonce };
      const right = { ok: true, data: { signature: host.sign(parts) } };
      void Promise.resolve(options.answer ? options.answer(parts) : right).then(ack);
    },
  );
  const outcome: TestDaemon['outcome'] = new Promise((resolve, reject) => {
    socket.once('auth.accepted', (accepted: { generation: number }) => {
      resolve({ accepted });
    });
    socket.once('auth.refused', (refused: WireError) => {
      resolve({ refused });
    });
    socket.once('connect_error', (error: Error & { data?: WireError }) => {
      if (error.data) resolve({ refused: error.data });
      else reject(error);
    });
  });
  const closed = new Promise<string>((resolve) => socket.once('disconnect', resolve));
  return { socket, instanceId, outcome, closed };
}

export const helloOf = (generation: number) => ({
  daemonVersion: '0.1.0',
  generation,
  system: null,
  inventory: null,
  sessions: [],
  outbox: { stream: randomUUID(), lastSeq: 0 },
});
