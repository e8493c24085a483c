import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPublicKey } from './public-key.js';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const spki = publicKey.export({ format: 'der', type: 'spki' });
const stored = spki.toString('base64');

const refuse = (text: string): void => {
  expect(() => readPublicKey(text)).toThrow(
    expect.objectContaining({
      code: 'VALIDATION_FAILED',
      fields: [expect.objectContaining({ field: 'publicKey' })],
    }),
  );
};

describe('the key that a daemon registers', () => {
  it('is read in every form that people have it in', () => {
    const raw = spki.subarray(-32);
    const forms = [
      publicKey.export({ format: 'pem', type: 'spki' }),
      ...[spki, raw].flatMap((bytes) => [bytes.toString('base64'), bytes.toString('base64url')]),
    ];
    for (const form of forms) expect(readPublicKey(`${String(form)}\n`)).toBe(stored);
  });

  it('is refused by name when it is something else', () => {
    const others = [
      generateKeyPairSync('x25519').publicKey,
      generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey,
      generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey,
    ];
    for (const key of others) {
      refuse(key.export({ format: 'pem', type: 'spki' }).toString());
      refuse(key.export({ format: 'der', type: 'spki' }).toString('base64'));
    }
    refuse(privateKey.export({ format: 'pem', type: 'pkcs8' }).toString());
    refuse(spki.subarray(0, 40).toString('base64'));
    refuse(`${stored.slice(0, 20)} ${stored.slice(20)}`);
    refuse(spki.toString('hex'));
  });

  it('is refused when it is garbage', () => {
    const garbage = fc.string().filter((text) => Buffer.from(text, 'base64').length !== 32);
    fc.assert(fc.property(garbage, refuse));
  });
});
