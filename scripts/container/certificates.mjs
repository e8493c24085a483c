// Owns a certificate authority of somebody's own, made by openssl as a company makes one, and the certificates that it
// signs for localhost.
import { chmodSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { capture } from '../run/child.mjs';
import { RunError } from '../run/output.mjs';

async function openssl(...args) {
  const { code, output } = await capture('openssl', args);
  if (code !== 0) throw new RunError(`openssl ${args[0]} failed (${code}):\n${output.slice(-2000)}`);
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** @returns `ca`, the authority's file, and `issue(serial)`, which puts cert.pem and key.pem into `served`. */
export async function authority(dir) {
  const at = (name) => join(dir, name);
  const served = at('served');
  mkdirSync(served, { recursive: true });
  const own = ['-keyout', at('ca.key'), '-out', at('ca.pem'), '-subj', '/CN=Test authority'];
  await openssl('req', '-x509', ...newKey, '-days', '2', ...own);
  writeFileSync(at('names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n');

  async function issue(serial) {
    await openssl(
      'req',
      '-new',
      ...newKey,
      '-keyout',
      at('key'),
      '-out',
      at('request'),
      '-subj',
      '/CN=localhost',
    );
    const signer = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-set_serial', String(serial)];
    const wanted = ['-in', at('request'), '-extfile', at('names'), '-days', '1'];
    await openssl('x509', '-req', ...wanted, ...signer, '-out', at('cert'));
    // As tools that renew certificates do it: new files, moved to the place of the old ones.
    for (const name of ['cert', 'key']) {
      // Readable for the hub's user; nobody else gets into the directory around it.
      chmodSync(at(name), 0o644);
      renameSync(at(name), join(served, `${name}.pem`));
    }
  }
  return { ca: at('ca.pem'), served, issue };
}
