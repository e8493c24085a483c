// The hub's TLS with real connections: a pinned CA, names, renewal, and files of the user's own.
import { createHash, randomUUID, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect, createServer, type Server, type TLSSocket } from 'node:tls';
import { ManualClock, silentLogger } from '@roundhouse/kit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TlsConfig } from '../../config.js';
import { createAuthority, issueCertificate } from './certificates.js';
import { HubTls, type HubTlsOptions, type TlsMaterial } from './hub-tls.js';

const dayMs = 86_400_000;

describe('HubTls', () => {
  let stateDir: string;
  let clock: ManualClock;
  const cleanups: (() => unknown)[] = [];

  const open = async (tls: TlsConfig, more: Partial<HubTlsOptions> = {}): Promise<HubTls> => {
    const machine = { hostName: 'box', addresses: ['10.1.2.3', 'fe80::1'] };
    const names = { publicUrl: 'https://hub.example.com', allowedHosts: ['hub.lan'] };
    const hub = await HubTls.open({
      tls,
      stateDir,
      clock,
      logger: silentLogger(),
      machine,
      ...names,
      ...more,
    });
    cleanups.push(() => {
      hub.dispose();
    });
    return hub;
  };
  const material = async (more?: Partial<HubTlsOptions>): Promise<TlsMaterial> => {
    const found = (await open({ mode: 'self-signed' }, more)).material;
    if (!found) throw new Error('no material');
    return found;
  };
  const serve = async ({
    cert,
    key,
  }: {
    cert: string;
    key: string;
  }): Promise<{ server: Server; port: number }> => {
    const server = createServer({ cert, key }, (socket) => socket.end('ok'));
    cleanups.push(() => server.close());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    return { server, port: typeof address === 'object' && address ? address.port : 0 };
  };
  /** The name that the certificate is checked against is `servername`. */
  const dial = async (port: number, ca: string, servername: string): Promise<X509Certificate | undefined> => {
    const options = { host: '127.0.0.1', port, ca, servername };
    const socket: TLSSocket = connect(options);
    cleanups.push(() => socket.destroy());
    await once(socket, 'secureConnect');
    return socket.getPeerX509Certificate();
  };

  beforeEach(async () => {
    stateDir = await mkdtemp(path.join(tmpdir(), 'rh-tls-'));
    clock = new ManualClock(Date.now());
  });
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
    await rm(stateDir, { recursive: true, force: true });
  });

  it('makes a CA and a certificate that a client which knows the CA accepts', async () => {
    const made = await material();
    const { port } = await serve(made);
    const ca = made.caCertificate ?? '';
    for (const name of ['localhost', 'hub.example.com', 'hub.lan', 'box']) await dial(port, ca, name);
    const leaf = new X509Certificate(made.cert);
    for (const ip of ['127.0.0.1', '::1', '10.1.2.3']) expect(leaf.checkIP(ip)).toBe(ip);
    await expect(dial(port, ca, 'evil.example.com')).rejects.toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });

    const other = await createAuthority(clock.now());
    await expect(dial(port, other.cert, 'localhost')).rejects.toThrow(
      /unable to verify|self-signed|signature/,
    );
    expect(made.caFingerprint).toBe(
      createHash('sha256').update(new X509Certificate(ca).raw).digest('base64url'),
    );
  });

  it('serves its CA too, in which a daemon finds the fingerprint of its join token', async () => {
    const made = await material();
    const { port } = await serve(made);
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
    cleanups.push(() => socket.destroy());
    await once(socket, 'secureConnect');
    const { raw } = socket.getPeerCertificate(true).issuerCertificate;
    expect(createHash('sha256').update(raw).digest('base64url')).toBe(made.caFingerprint);
  });

  it('keeps keys to itself and everything over a restart', async () => {
    const first = await material();
    for (const name of ['ca-key.pem', 'server-key.pem']) {
      expect((await stat(path.join(stateDir, 'tls', name))).mode & 0o777).toBe(0o600);
    }
    expect((await stat(path.join(stateDir, 'tls'))).mode & 0o777).toBe(0o700);
    expect(await material()).toEqual(first);
    const wider = await material({ allowedHosts: ['new.lan'] });
    expect(wider.caFingerprint).toBe(first.caFingerprint);
    expect(new X509Certificate(wider.cert).checkHost('new.lan')).toBe('new.lan');
  });

  it('renews the certificate while it runs, under the same CA', async () => {
    const hub = await open({ mode: 'self-signed' });
    const before = hub.material;
    const renewed = new Promise<TlsMaterial>((resolve) => hub.onRenewed(resolve));
    clock.advance(61 * dayMs);
    const after = await renewed;
    expect(after.cert).not.toBe(before?.cert);
    expect(after.caFingerprint).toBe(before?.caFingerprint);
    expect(Date.parse(new X509Certificate(after.cert).validTo) - clock.now()).toBeGreaterThan(80 * dayMs);
  });

  it('mends a renewal that was cut off between key and certificate', async () => {
    const made = await material();
    const strange = await issueCertificate(await createAuthority(clock.now()), ['localhost'], clock.now());
    await writeFile(path.join(stateDir, 'tls/server-key.pem'), strange.key);
    const { port } = await serve(await material());
    await dial(port, made.caCertificate ?? '', 'localhost');
  });

  it('serves certificate files, and says what is wrong with them', async () => {
    const pair = await issueCertificate(await createAuthority(clock.now()), ['localhost'], clock.now());
    const certFile = path.join(stateDir, 'cert.pem');
    const keyFile = path.join(stateDir, 'key.pem');
    const files: TlsConfig = { mode: 'files', certFile, keyFile };
    const complaint = (field: string, text: RegExp): unknown =>
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        fields: [{ field, message: expect.stringMatching(text) as string }],
      });

    await expect(open(files)).rejects.toEqual(
      complaint('ROUNDHOUSE_TLS_CERT', /cert\.pem cannot be read \(ENOENT\)/),
    );
    await writeFile(certFile, pair.cert);
    await writeFile(keyFile, `not a key ${randomUUID()}`);
    await expect(open(files)).rejects.toEqual(
      complaint('ROUNDHOUSE_TLS_KEY', /key\.pem is not an unencrypted PEM/),
    );
    await writeFile(keyFile, (await createAuthority(clock.now())).key);
    await expect(open(files)).rejects.toEqual(
      complaint('ROUNDHOUSE_TLS_KEY', /is not the key of the certificate/),
    );
    await writeFile(keyFile, pair.key);
    expect((await open(files)).material).toEqual({ ...pair, caCertificate: null, caFingerprint: null });
    expect(await readFile(certFile, 'utf8')).toBe(pair.cert);
    clock.jump(91 * dayMs);
    await expect(open(files)).rejects.toEqual(complaint('ROUNDHOUSE_TLS_CERT', /expired on/));
  });

  it('takes up certificate files that were replaced, soon and whole, and says once what is wrong', async () => {
    const certFile = path.join(stateDir, 'cert.pem');
    const keyFile = path.join(stateDir, 'key.pem');
    const authority = await createAuthority(clock.now());
    const put = async (cert: string, key: string): Promise<void> => {
      for (const [file, text] of Object.entries({ [certFile]: cert, [keyFile]: key })) {
        await writeFile(`${file}.new`, text);
        await rename(`${file}.new`, file);
      }
    };
    const [first, second] = [
      await issueCertificate(authority, ['localhost'], clock.now()),
      await issueCertificate(authority, ['localhost'], clock.now()),
    ];
    await put(first.cert, first.key);
    const said = vi.fn();
    const logger = Object.assign(silentLogger(), { error: said });
    const hub = await open({ mode: 'files', certFile, keyFile }, { logger });
    // Half of it is there: the certificate without its key.
    await put(second.cert, first.key);
    clock.advance(30_000);
    await vi.waitFor(() => {
      expect(said).toHaveBeenCalled();
    });
    expect(hub.material?.cert).toBe(first.cert);
    clock.advance(30_000);
    await put(second.cert, second.key);
    await vi.waitFor(() => {
      clock.advance(30_000);
      expect(hub.material).toMatchObject({ cert: second.cert, key: second.key });
    });
    expect(said).toHaveBeenCalledTimes(1);
  });

  it('is off when it is off', async () => {
    expect((await open({ mode: 'off' })).material).toBeNull();
  });
});
