// Makes certificates: a CA of the hub's own, and server certificates signed by it. P-256 throughout.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { isAddress } from './server-names.js';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const dayMs = 86_400_000;
/** Daemons pin the CA, so it outlives every machine; the leaf is short because it renews itself. */
const caDays = 3_650;
const leafDays = 90;
/** Clocks of machines differ: a certificate is valid a little before it was made. */
const skewMs = 3_600_000;

export interface PemPair {
  readonly cert: string;
  readonly key: string;
}

export async function createAuthority(now: number): Promise<PemPair> {
  const keys = await newKeys();
  const cert = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: newSerial(),
      name: 'CN=Roundhouse hub CA',
      notBefore: new Date(now - skewMs),
      notAfter: new Date(now + caDays * dayMs),
      signingAlgorithm: algorithm,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  return { cert: cert.toString('pem'), key: await exportKey(keys.privateKey) };
}

/** A server certificate for the names, signed by the authority. */
export async function issueCertificate(ca: PemPair, names: readonly string[], now: number): Promise<PemPair> {
  const keys = await newKeys();
  const issuer = new x509.X509Certificate(ca.cert);
  const cert = await x509.X509CertificateGenerator.create(
    {
      serialNumber: newSerial(),
      subject: 'CN=Roundhouse hub',
      issuer: issuer.subject,
      notBefore: new Date(now - skewMs),
      notAfter: new Date(now + leafDays * dayMs),
      signingAlgorithm: algorithm,
      publicKey: keys.publicKey,
      signingKey: await importKey(ca.key),
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension(
          names.map((value) => ({ type: isAddress(value) ? 'ip' : 'dns', value })),
        ),
        await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  return { cert: cert.toString('pem'), key: await exportKey(keys.privateKey) };
}

const newKeys = (): Promise<webcrypto.CryptoKeyPair> =>
  webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);

/** 16 random bytes; the first bit clear, so that the number is positive (RFC 5280 §4.1.2.2). */
function newSerial(): string {
  const bytes = webcrypto.getRandomValues(Buffer.alloc(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}

function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  const [der] = x509.PemConverter.decode(pem);
  if (der === undefined) throw new Error('The key of the CA holds no PEM block');
  return webcrypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']);
}
