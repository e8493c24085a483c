// Reads the Ed25519 public key that a daemon registers, in the forms people and libraries have it.
import { createPublicKey } from 'node:crypto';
import { AppError } from '@roundhouse/protocol';

/** DER header of an Ed25519 SubjectPublicKeyInfo (RFC 8410); 32 key bytes follow. */
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');

/**
 * PEM, or base64(url) of SPKI or of the raw 32 bytes.
 * @returns base64 of the SPKI, the one form that is stored
 * @throws AppError VALIDATION_FAILED
 */
export function readPublicKey(text: string): string {
  try {
    const der = toSpki(text.trim());
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
    if (key.asymmetricKeyType !== 'ed25519') throw new Error('another algorithm');
    return key.export({ format: 'der', type: 'spki' }).toString('base64');
  } catch (cause) {
    throw new AppError('VALIDATION_FAILED', {
      message: 'publicKey is not an Ed25519 public key (PEM, or base64 of SPKI or of the raw 32 bytes)',
      fields: [{ field: 'publicKey', message: 'must be an Ed25519 public key' }],
      cause,
    });
  }
}

function toSpki(text: string): Buffer {
  if (text.startsWith('-----BEGIN')) {
    // Node would derive the public key of a private one, which has no business here.
    if (!text.startsWith('-----BEGIN PUBLIC KEY-----')) throw new Error('not a public key');
    return createPublicKey(text).export({ format: 'der', type: 'spki' });
  }
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) throw new Error('not base64');
  const bytes = Buffer.from(text.replaceAll('-', '+').replaceAll('_', '/'), 'base64');
  return bytes.length === 32 ? Buffer.concat([spkiPrefix, bytes]) : bytes;
}
