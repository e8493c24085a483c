// This host's Ed25519 key and registration. The private key never leaves the state directory.
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import path from 'node:path';
import { hostIdSchema, type HostId } from '@roundhouse/protocol';
import { z } from 'zod';
import { readJsonFile, writeJsonFile } from '../state/json-file.js';

const fileSchema = z.object({
  version: z.literal(1),
  hostId: hostIdSchema,
  hostName: z.string(),
  hubId: z.uuid(),
  /** SPKI of the hub, base64. */
  hubPublicKey: z.string(),
  /** PEM of the hub's own CA, when it has one. */
  caCertificate: z.string().nullable(),
  /** PKCS 8, PEM. */
  privateKey: z.string(),
  /** The join token that was used, by its id: a new one means to register anew. */
  joinTokenId: z.string(),
});
export type Registration = z.infer<typeof fileSchema>;

export interface NewKey {
  readonly privateKey: string;
  /** SPKI, base64. */
  readonly publicKey: string;
}

export class HostIdentity {
  readonly #key: KeyObject;

  constructor(readonly registration: Registration) {
    this.#key = createPrivateKey(registration.privateKey);
  }

  get hostId(): HostId {
    return this.registration.hostId;
  }

  /** Signature in base64. */
  sign(data: Uint8Array): string {
    return sign(null, data, this.#key).toString('base64');
  }
}

const fileOf = (stateDir: string): string => path.join(stateDir, 'host.json');

export async function readIdentity(stateDir: string): Promise<HostIdentity | null> {
  const registration = await readJsonFile(fileOf(stateDir), fileSchema);
  return registration && new HostIdentity(registration);
}

export async function writeIdentity(stateDir: string, registration: Registration): Promise<HostIdentity> {
  await writeJsonFile(fileOf(stateDir), registration);
  return new HostIdentity(registration);
}

export function newHostKey(): NewKey {
  const { privateKey } = generateKeyPairSync('ed25519');
  return {
    privateKey: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    publicKey: createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).toString('base64'),
  };
}
