// This host's Ed25519 key and registration. The private key never leaves the state directory.
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import path from 'node:path';
import { AppError, hostIdSchema, type HostId } from '@roundhouse/protocol';
import { z } from 'zod';
import { readIfThere, readJsonFile, writeJsonFile } from '../state/json-file.js';

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

/**
 * Null when this machine is not registered; also for a damaged file with `orNull`, which a new join token makes good.
 * @throws AppError CONFIG_INVALID when the file is damaged: the key in it is this machine's only proof
 */
export async function readIdentity(
  stateDir: string,
  { orNull = false }: { orNull?: boolean } = {},
): Promise<HostIdentity | null> {
  const file = fileOf(stateDir);
  const registration = await readJsonFile(file, fileSchema);
  try {
    if (registration) return new HostIdentity(registration);
  } catch {
    // A key that is none: as a damaged file.
  }
  if (orNull || (await readIfThere(file)) === null) return null;
  throw new AppError('CONFIG_INVALID', {
    message: `${file} is damaged, and with it the key of this host`,
    hint: 'Make a new join token for this host on the Hosts page, and start the daemon with it.',
  });
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
