// ROUNDHOUSE_TLS=files: reads a certificate chain and its key, and says what is wrong before a browser does.
import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { configError } from '@roundhouse/kit';
import type { AppError } from '@roundhouse/protocol';
import type { PemPair } from './certificates.js';

export interface CertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** @throws AppError CONFIG_INVALID that names the variable and the file. */
export async function readCertificateFiles(files: CertificateFiles, now: number): Promise<PemPair> {
  const cert = await readPem('ROUNDHOUSE_TLS_CERT', files.certFile);
  const key = await readPem('ROUNDHOUSE_TLS_KEY', files.keyFile);
  const leaf = parse('ROUNDHOUSE_TLS_CERT', files.certFile, () => new X509Certificate(cert));
  const privateKey: KeyObject = parse('ROUNDHOUSE_TLS_KEY', files.keyFile, () => createPrivateKey(key));
  if (!leaf.checkPrivateKey(privateKey)) {
    throw wrong(
      'ROUNDHOUSE_TLS_KEY',
      files.keyFile,
      `is not the key of the certificate in ${files.certFile}`,
    );
  }
  if (Date.parse(leaf.validTo) <= now) {
    throw wrong('ROUNDHOUSE_TLS_CERT', files.certFile, `expired on ${leaf.validTo}`);
  }
  return { cert, key };
}

async function readPem(variable: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'error';
    throw wrong(variable, file, `cannot be read (${why})`);
  }
}

function parse<T>(variable: string, file: string, read: () => T): T {
  try {
    return read();
  } catch {
    const what = variable === 'ROUNDHOUSE_TLS_CERT' ? 'a PEM certificate' : 'an unencrypted PEM private key';
    throw wrong(variable, file, `is not ${what}`);
  }
}

const wrong = (variable: string, file: string, what: string): AppError =>
  configError([{ field: variable, message: `${variable}: ${file} ${what}` }]);
