// The key of a host and of a hub, and the texts that they sign, as the wire has them: for peers that are not ours.
import { createHash, createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { createRequire } from 'node:module';
import { inRepository } from './paths.js';

export interface TestKey {
  /** SPKI, base64. */
  readonly publicKey: string;
  /** SHA-256 of the public key, base64url. */
  readonly fingerprint: string;
  /** Signature in base64. */
  sign(...lines: string[]): string;
}

export function newKey(): TestKey {
  const pair = generateKeyPairSync('ed25519');
  const der = pair.publicKey.export({ format: 'der', type: 'spki' });
  const key = createPrivateKey(pair.privateKey.export({ format: 'pem', type: 'pkcs8' }));
  return {
    publicKey: der.toString('base64'),
    fingerprint: createHash('sha256').update(der).digest('base64url'),
    sign: (...lines) => sign(null, Buffer.from(lines.join('\n')), key).toString('base64'),
  };
}

/** A package that an application of this workspace depends on. */
export const packageOf = (app: 'hub' | 'daemon', name: string): unknown =>
  createRequire(inRepository('apps', app, 'package.json'))(name);
