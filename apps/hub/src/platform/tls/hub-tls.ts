// The TLS of the hub's server: off, certificates of the user's own, or self-signed ones that the hub keeps
// in its state directory and renews while it runs.
import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Cancel, Clock, Logger } from '@roundhouse/kit';
import { AppError } from '@roundhouse/protocol';
import type { TlsConfig } from '../../config.js';
import { createAuthority, issueCertificate, type PemPair } from './certificates.js';
import { readCertificateFiles } from './certificate-files.js';
import { isAddress, machineNames, serverNames, type MachineNames, type NameSources } from './server-names.js';

const dayMs = 86_400_000;
const renewBeforeMs = 30 * dayMs;
const checkEveryMs = 12 * 3_600_000;
/** Files of somebody else's: whoever replaces them wants to see it. */
const lookEveryMs = 30_000;

/** What `https.createServer` and `server.setSecureContext` take, and what join tokens carry. */
export interface TlsMaterial extends PemPair {
  /** PEM of the hub's own CA; null with certificates of the user's own. */
  readonly caCertificate: string | null;
  /** SHA-256 of that CA's DER, base64url; what daemons pin. */
  readonly caFingerprint: string | null;
}

export interface HubTlsOptions extends NameSources {
  readonly tls: TlsConfig;
  readonly stateDir: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Name and addresses of the machine; for tests. */
  readonly machine?: MachineNames;
}

export class HubTls {
  readonly #options: HubTlsOptions;
  readonly #listeners = new Set<(material: TlsMaterial) => void>();
  #material: TlsMaterial | null;
  #cancel: Cancel = () => undefined;
  #renewing = false;
  /** What the last look said was wrong; said once. */
  #problem: string | null = null;

  private constructor(options: HubTlsOptions, material: TlsMaterial | null) {
    this.#options = options;
    this.#material = material;
    if (material) {
      const everyMs = options.tls.mode === 'files' ? lookEveryMs : checkEveryMs;
      this.#cancel = options.clock.every(everyMs, () => {
        void this.#renew();
      });
    }
  }

  /** @throws AppError CONFIG_INVALID when certificate files are missing, broken, expired or do not fit. */
  static async open(options: HubTlsOptions): Promise<HubTls> {
    return new HubTls(options, await loadMaterial(options));
  }

  /** Null when TLS is off. */
  get material(): TlsMaterial | null {
    return this.#material;
  }

  /** Called with renewed certificates: give them to `server.setSecureContext`. @returns how to stop it. */
  onRenewed(listener: (material: TlsMaterial) => void): Cancel {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  dispose(): void {
    this.#cancel();
    this.#listeners.clear();
  }

  /** Also picks up certificate files that somebody has replaced. A failure leaves the present ones in use. */
  async #renew(): Promise<void> {
    if (this.#renewing) return;
    this.#renewing = true;
    try {
      const next = await loadMaterial(this.#options);
      this.#problem = null;
      if (next === null || next.cert === this.#material?.cert) return;
      this.#material = next;
      this.#options.logger.info('TLS certificate renewed');
      for (const listener of this.#listeners) listener(next);
    } catch (error) {
      const problem = String(error);
      if (problem === this.#problem) return;
      this.#problem = problem;
      this.#options.logger.error({ err: error }, 'TLS certificate could not be renewed');
    } finally {
      this.#renewing = false;
    }
  }
}

async function loadMaterial(options: HubTlsOptions): Promise<TlsMaterial | null> {
  const { tls, clock } = options;
  if (tls.mode === 'off') return null;
  if (tls.mode === 'self-signed') return selfSigned(options);
  return { ...(await readCertificateFiles(tls, clock.now())), caCertificate: null, caFingerprint: null };
}

async function selfSigned(options: HubTlsOptions): Promise<TlsMaterial> {
  const { clock, stateDir } = options;
  const dir = path.join(stateDir, 'tls');
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await chmod(dir, 0o700);
  const ca = (await readPair(dir, 'ca')) ?? (await savePair(dir, 'ca', await createAuthority(clock.now())));
  const authority = new X509Certificate(ca.cert);
  if (Date.parse(authority.validTo) <= clock.now()) throw expiredAuthority(dir);
  const names = serverNames(options, options.machine ?? machineNames());
  const present = await readPair(dir, 'server');
  const leaf =
    present !== null && isCurrent(present, { authority, names, now: clock.now() })
      ? present
      : await savePair(dir, 'server', await issueCertificate(ca, names, clock.now()));
  // Daemons look for the CA of their join token in the chain that is served.
  const chain = `${leaf.cert.trimEnd()}\n${ca.cert.trimEnd()}\n`;
  return { ...leaf, cert: chain, caCertificate: ca.cert, caFingerprint: fingerprint(authority) };
}

interface Wanted {
  readonly authority: X509Certificate;
  readonly names: readonly string[];
  readonly now: number;
}

/** False when key and certificate are of two renewals, it expires soon, lacks a name of today, or was signed by another CA. */
function isCurrent(pair: PemPair, { authority, names, now }: Wanted): boolean {
  const cert = new X509Certificate(pair.cert);
  if (!cert.checkPrivateKey(createPrivateKey(pair.key))) return false;
  if (Date.parse(cert.validTo) - now < renewBeforeMs || !cert.verify(authority.publicKey)) return false;
  return names.every((name) => (isAddress(name) ? cert.checkIP(name) : cert.checkHost(name)) !== undefined);
}

async function readPair(dir: string, name: string): Promise<PemPair | null> {
  try {
    const [cert, key] = await Promise.all([
      readFile(path.join(dir, `${name}.pem`), 'utf8'),
      readFile(path.join(dir, `${name}-key.pem`), 'utf8'),
    ]);
    return { cert, key };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/** The certificate last: a pair that was not written whole is not there. */
async function savePair(dir: string, name: string, pair: PemPair): Promise<PemPair> {
  await replaceFile(path.join(dir, `${name}-key.pem`), pair.key);
  await replaceFile(path.join(dir, `${name}.pem`), pair.cert);
  return pair;
}

async function replaceFile(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text, { mode: 0o600 });
  await rename(`${file}.new`, file);
}

const fingerprint = (cert: X509Certificate): string =>
  createHash('sha256').update(cert.raw).digest('base64url');

const expiredAuthority = (dir: string): AppError =>
  new AppError('CONFIG_INVALID', {
    message: `The hub's own CA in ${dir} has expired`,
    hint: 'Remove that directory, start again, and give each host a new join token: daemons pin the CA.',
  });
