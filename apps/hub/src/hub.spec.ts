import { mkdtemp, readdir, readFile, rm, stat, writeFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestHub } from './testing/test-hub.js';

describe('a hub', () => {
  let test: TestHub;
  let webDir: string;
  beforeAll(async () => {
    webDir = await mkdtemp(path.join(tmpdir(), 'rh-web-'));
    await mkdir(path.join(webDir, 'assets'));
    await writeFile(path.join(webDir, 'index.html'), '<!doctype html><title>Roundhouse</title>');
    await writeFile(path.join(webDir, 'assets/app-1234.js'), 'export {};');
    await writeFile(path.join(webDir, '.secret'), 'no');
    test = await TestHub.start({ webDir, features: [] });
  });
  afterAll(async () => {
    await test.close();
    await rm(webDir, { recursive: true });
  });

  it('answers health without a credential', async () => {
    expect(await test.call({ path: '/healthz' })).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await test.call({ path: '/readyz' })).toMatchObject({ status: 200, body: { status: 'ready' } });
  });

  it('serves the page for addresses of the app, never cached, and its assets cached for ever', async () => {
    const html = { accept: 'text/html,*/*' };
    for (const address of ['/', '/setup', '/sessions/1']) {
      const page = await test.call({ path: address, headers: html });
      expect(page).toMatchObject({ status: 200, headers: { 'cache-control': 'no-cache' } });
      expect(page.text).toContain('<title>Roundhouse');
    }
    const asset = await test.call({ path: '/assets/app-1234.js' });
    expect(asset.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    for (const address of ['/assets/gone.js', '/.secret', '/%2e%2e/index.html', '/..%2f..%2fetc/passwd']) {
      expect((await test.call({ path: address })).status, address).toBeGreaterThanOrEqual(400);
    }
    expect((await test.call({ path: '/api/v1/gone', headers: html })).headers['content-type']).toContain(
      'problem',
    );
  });

  it('keeps its secrets readable by its own user alone', async () => {
    expect((await stat(test.stateDir)).mode & 0o077 & 0o022).toBe(0);
    for (const name of ['hub-identity.json', 'password-pepper', 'setup-link']) {
      expect((await stat(path.join(test.stateDir, name))).mode & 0o777, name).toBe(0o600);
    }
    expect((await readdir(test.stateDir)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('writes down where it listens, for the health check of its container', async () => {
    const noted = await readFile(path.join(test.stateDir, 'listening.json'), 'utf8');
    expect(JSON.parse(noted)).toEqual({ url: test.hub.localUrl });
  });
});
