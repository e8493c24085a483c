// A join token becomes a registration, once; a hub is known by its key and, with TLS, by its CA.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { createServer as createPlainServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId, newSecret, silentLogger, systemClock, type Clock } from '@roundhouse/kit';
import { formatJoinToken, instanceIdSchema, parseJoinToken } from '@roundhouse/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureEnrolled } from './enrolment.js';
import { fetchPinnedCa, postJson } from './hub-http.js';
import { FakeHub, problem } from './testing/fake-hub.js';

/** Waits that pass at once. */
const clock: Clock = { ...systemClock, after: (_, callback) => systemClock.after(1, callback) };
const never = new AbortController().signal;

describe('enrolment', () => {
  let hub: FakeHub;
  let hubUrl = '';
  let stateDir = '';
  const enrol = (joinToken: string | null, signal = never) =>
    ensureEnrolled(
      {
        hubUrl,
        joinToken,
        stateDir,
        instanceId: instanceIdSchema.parse(newId()),
        clock,
        logger: silentLogger(),
      },
      signal,
    );
  const file = () => join(stateDir, 'host.json');

  beforeEach(async () => {
    hub = new FakeHub();
    hubUrl = await hub.listen();
    stateDir = mkdtempSync(join(tmpdir(), 'rh-enrol-'));
  });
  afterEach(async () => {
    await hub.close();
    rmSync(stateDir, { recursive: true, force: true });
  });

  it('waits for the setup and for a hub behind a proxy, then registers once; the key stays in its file', async () => {
    hub.enrolAnswers.push(
      problem(503, 'SETUP_REQUIRED'),
      problem(503, 'DB_UNAVAILABLE'),
      '<html>Bad gateway</html>',
    );
    const token = hub.joinToken();
    const identity = await enrol(token);
    expect(hub.enrolments).toBe(4);
    expect(identity.hostId).toBe(hub.hostId);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(readFileSync(file(), 'utf8')).not.toContain(parseJoinToken(token).secret);
    expect((await enrol(token)).registration).toEqual(identity.registration);
    expect((await enrol(null)).registration).toEqual(identity.registration);
    expect(hub.enrolments).toBe(4);
    expect(Buffer.from(identity.sign(Buffer.from('x')), 'base64')).toHaveLength(64);
  });

  it('a new token registers anew; one that is not valid any more leaves the old registration', async () => {
    const first = await enrol(hub.joinToken());
    hub.enrolAnswers.push(problem(403, 'JOIN_TOKEN_INVALID'));
    expect((await enrol(hub.joinToken())).registration).toEqual(first.registration);
    const second = await enrol(hub.joinToken());
    expect(second.registration.privateKey).not.toBe(first.registration.privateKey);
  });

  it('says what to do without a token, with a used one, with none at all', async () => {
    await expect(enrol(null)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    await expect(enrol('rhj_x')).rejects.toMatchObject({ code: 'JOIN_TOKEN_INVALID' });
    hub.enrolAnswers.push(problem(403, 'JOIN_TOKEN_INVALID'));
    await expect(enrol(hub.joinToken())).rejects.toMatchObject({
      code: 'JOIN_TOKEN_INVALID',
      message: 'Because JOIN_TOKEN_INVALID',
    });
    expect(hub.enrolments).toBe(1);
  });

  it('keeps nothing of a hub with another key than the token says', async () => {
    const other = new FakeHub();
    await expect(enrol(other.joinToken())).rejects.toMatchObject({ code: 'HUB_KEY_INVALID' });
    await expect(enrol(null)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    await other.close();
  });

  it('a damaged registration is an error by its name, which a new token makes good', async () => {
    await enrol(hub.joinToken());
    for (const text of [
      '{',
      JSON.stringify({ ...JSON.parse(readFileSync(file(), 'utf8')), privateKey: 'x' }),
    ]) {
      writeFileSync(file(), text);
      await expect(enrol(null)).rejects.toMatchObject({
        message: expect.stringContaining('host.json is damaged'),
      });
    }
    await enrol(hub.joinToken());
    await enrol(null);
  });

  it('ends when it is told to', async () => {
    const stop = new AbortController();
    await hub.close();
    const waiting = enrol(hub.joinToken(), stop.signal);
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow(/enough|unreachable|aborted/i);
  });

  it('does not send a token over http when its hub has TLS', async () => {
    const { id, secret, hubKey } = parseJoinToken(hub.joinToken());
    const token = formatJoinToken({ id, secret, hubKey, ca: newSecret() });
    await expect(enrol(token)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    expect(hub.enrolments).toBe(0);
  });
});

describe('a request to the hub', () => {
  it.each([
    [200, 'not json', 'HUB_UNREACHABLE'],
    [404, '{"error":"nothing here"}', 'HUB_UNREACHABLE'],
    [200, 'x'.repeat(70_000), 'HUB_UNREACHABLE'],
    [429, JSON.stringify(problem(429, 'RATE_LIMITED').body), 'RATE_LIMITED'],
  ])('answered %i %.12s is %s', async (status, text, code) => {
    const server = createPlainServer((_, response) => response.writeHead(status).end(text));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/api/v1/enrol`;
    await expect(postJson({ url, body: {}, ca: null, signal: never })).rejects.toMatchObject({ code });
    server.close();
    server.closeAllConnections();
  });

  // The only tool at hand that signs certificates.
  it.skipIf(spawnSync('openssl', ['version']).status !== 0)(
    'R:A15 trusts a hub with its own CA by the fingerprint in the token, and nobody else',
    async () => {
      const dir = mkdtempSync(join(tmpdir(), 'rh-ca-'));
      const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: dir, stdio: 'ignore' });
      const make = (name: string): void => {
        const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
        openssl(
          'req',
          '-x509',
          ...key,
          '-keyout',
          `${name}-ca.key`,
          '-out',
          `${name}-ca.pem`,
          '-subj',
          `/CN=${name} CA`,
        );
        openssl('req', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
        writeFileSync(join(dir, 'san'), 'subjectAltName=IP:127.0.0.1');
        const signer = [
          '-CA',
          `${name}-ca.pem`,
          '-CAkey',
          `${name}-ca.key`,
          '-CAcreateserial',
          '-extfile',
          'san',
        ];
        openssl('x509', '-req', '-in', `${name}.csr`, ...signer, '-out', `${name}.pem`);
      };
      const text = (name: string) => readFileSync(join(dir, name), 'utf8');
      const pin = (name: string) =>
        createHash('sha256')
          .update(new X509Certificate(text(`${name}-ca.pem`)).raw)
          .digest('base64url');
      for (const name of ['hub', 'other']) make(name);
      const server = createServer(
        { key: text('hub.key'), cert: `${text('hub.pem')}${text('hub-ca.pem')}` },
        (request, response) => {
          request.resume();
          response.end('{"fine":true}');
        },
      );
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const url = `https://127.0.0.1:${String((server.address() as AddressInfo).port)}/x`;
      try {
        const ca = await fetchPinnedCa(url, pin('hub'), never);
        expect(new X509Certificate(ca).raw.equals(new X509Certificate(text('hub-ca.pem')).raw)).toBe(true);
        expect(await postJson({ url, body: {}, ca, signal: never })).toEqual({ fine: true });
        await expect(fetchPinnedCa(url, pin('other'), never)).rejects.toMatchObject({
          code: 'HUB_KEY_INVALID',
        });
        for (const wrong of [null, text('other-ca.pem')])
          await expect(postJson({ url, body: {}, ca: wrong, signal: never })).rejects.toMatchObject({
            code: 'HUB_UNREACHABLE',
          });
        await expect(fetchPinnedCa(url, pin('hub'), AbortSignal.abort())).rejects.toMatchObject({
          code: 'HUB_UNREACHABLE',
        });
      } finally {
        server.close();
        server.closeAllConnections();
        rmSync(dir, { recursive: true, force: true });
      }
      await expect(fetchPinnedCa(url, 'x', never)).rejects.toMatchObject({ code: 'HUB_UNREACHABLE' });
    },
  );
});
