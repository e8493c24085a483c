// F:Q2: a newer release is told of when somebody asked to know, by a request that says nothing of this hub.
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ManualClock, silentLogger } from '@roundhouse/kit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../config.js';
import { UpdateCheckService } from './update-check.service.js';

const hour = 60 * 60_000;

describe('UpdateCheckService', () => {
  let server: Server;
  let url: string;
  let answer: { status?: number; body: string; location?: string };
  const asked: IncomingHttpHeaders[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(request.headers);
      response.writeHead(
        answer.status ?? 200,
        answer.location === undefined ? {} : { location: answer.location },
      );
      response.end(answer.body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/latest.json`;
  });
  beforeEach(() => {
    asked.length = 0;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  function make(env: Readonly<Record<string, string>>): { service: UpdateCheckService; clock: ManualClock } {
    const clock = new ManualClock();
    const config = loadConfig(env, { isRoot: false, homeDir: '/home/ada' });
    return { service: new UpdateCheckService(config, clock, silentLogger()), clock };
  }
  const noticeOf = async (body: unknown, current = '0.1.0') => {
    answer = { body: typeof body === 'string' ? body : JSON.stringify(body) };
    const { service } = make({});
    await service.look(url, current);
    return service.notice;
  };

  it.each([
    ['without an address', { ROUNDHOUSE_COMMIT: '1f2e3d4c' }],
    ['in a checkout', { ROUNDHOUSE_UPDATE_CHECK_URL: 'http://127.0.0.1:9/latest.json' }],
  ])('never asks %s', async (_name, env) => {
    const { service, clock } = make(env);
    service.onApplicationBootstrap();
    clock.advance(72 * hour);
    await new Promise(setImmediate);
    expect({ asked, notice: service.notice }).toEqual({ asked: [], notice: null });
  });

  it('asks once a day, saying nothing of this hub', async () => {
    answer = { body: '{"version":"99.0.0"}' };
    const { service, clock } = make({ ROUNDHOUSE_COMMIT: '1f2e3d4c', ROUNDHOUSE_UPDATE_CHECK_URL: url });
    service.onApplicationBootstrap();
    clock.advance(hour);
    await expect.poll(() => service.notice).toEqual({ version: '99.0.0', url: null });
    clock.advance(23 * hour);
    await expect.poll(() => asked.length).toBe(2);
    service.onModuleDestroy();
    clock.advance(72 * hour);
    expect(asked).toHaveLength(2);
    expect(asked[0]).toMatchObject({ 'user-agent': 'roundhouse', accept: 'application/json' });
    expect(JSON.stringify(asked)).not.toContain('1f2e3d4c');
  });

  it('takes a file of its own form and what GitHub answers', async () => {
    const page = 'https://example.com/releases/v0.2.0';
    expect(await noticeOf({ version: '0.2.0', url: page })).toEqual({ version: '0.2.0', url: page });
    expect(await noticeOf({ tag_name: 'v0.2.0', html_url: page, draft: false })).toEqual({
      version: '0.2.0',
      url: page,
    });
    expect(await noticeOf({ version: '0.1.0' })).toBeNull();
    expect(await noticeOf({ version: '0.2.0-rc.1' })).toBeNull();
  });

  it('makes nothing of an answer that is none', async () => {
    expect(await noticeOf('<html>')).toBeNull();
    expect(await noticeOf({ version: 'newest' })).toBeNull();
    expect(await noticeOf({ version: '0.2.0', url: 'javascript:alert(1)' })).toBeNull();
    expect(await noticeOf(`{"version":"0.2.0","x":"${'x'.repeat(300_000)}"}`)).toBeNull();
    answer = { status: 302, body: '', location: url };
    const { service } = make({});
    await service.look(url);
    expect(service.notice).toBeNull();
  });
});
