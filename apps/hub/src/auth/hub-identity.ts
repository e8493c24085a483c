// The hub's own Ed25519 key, by which daemons know it; made at the first start and never sent anywhere.
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomUUID,
  sign,
  type KeyObject,
} from 'node:crypto';
import path from 'node:path';
import { AppError } from '@roundhouse/protocol';
import { z } from 'zod';
import { readOrCreateSecret } from './secret-file.js';

export const hubIdentitySchema = z.object({ hubId: z.uuid(), privateKey: z.string() });

export class HubIdentity {
  readonly hubId: string;
  /** SPKI, base64. */
  readonly publicKeySpki: string;
  /** SHA-256 of the SPKI, base64url; stands in join tokens. */
  readonly fingerprint: string;
  readonly #privateKey: KeyObject;

  constructor(hubId: string, privateKey: KeyObject) {
    const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
    this.hubId = hubId;
    this.publicKeySpki = spki.toString('base64');
    this.fingerprint = createHash('sha256').update(spki).digest('base64url');
    this.#privateKey = privateKey;
  }

  /** @throws AppError CONFIG_INVALID when the key file is damaged */
  static async load(stateDir: string): Promise<HubIdentity> {
    const file = path.join(stateDir, 'hub-identity.json');
    const text = await readOrCreateSecret(file, newIdentity);
    try {
      const { hubId, privateKey } = hubIdentitySchema.parse(JSON.parse(text));
      return new HubIdentity(hubId, createPrivateKey(privateKey));
    } catch (cause) {
      throw new AppError('CONFIG_INVALID', {
        message: `The hub's key in ${file} is damaged`,
        hint: 'Restore the file from a backup. With a new key every host must be enrolled again.',
        cause,
      });
    }
  }

  /** Ed25519 signature, base64. */
  sign(data: Uint8Array): string {
    return sign(null, data, this.#privateKey).toString('base64');
  }
}

function newIdentity(): string {
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' });
  return `${JSON.stringify({ hubId: randomUUID(), privateKey: pem })}\n`;
}
