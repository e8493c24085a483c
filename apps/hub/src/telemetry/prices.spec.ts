// The user's own prices: kept, checked, and handed to daemons.
import { newId } from '@roundhouse/kit';
import { priceListSchema, type PriceList } from '@roundhouse/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EventBus } from '../platform/event-bus/event-bus.js';
import { DaemonRegistry } from '../platform/ws/daemon-registry.js';
import { ScriptedDaemon } from '../testing/scripted-daemon.js';
import { TestHub } from '../testing/test-hub.js';
import { hostOf } from '../testing/entities.js';

let test: TestHub;
let cookie: string;
beforeAll(async () => {
  test = await TestHub.start();
  cookie = await test.setUp();
}, 60_000);
afterAll(() => test.close());

const models = [{ match: '^qwen3-coder-plus$', input: 1, output: 5, cacheRead: 0.1, context: 1_000_000 }];
const put = (json: unknown, headers: Record<string, string> = test.browser(cookie)) =>
  test.call({ method: 'PUT', path: '/api/v1/prices', json, headers });
const get = async (): Promise<PriceList> =>
  priceListSchema.parse((await test.call({ path: '/api/v1/prices', headers: test.browser(cookie) })).body);

/** A connected daemon that keeps the prices that it is handed. */
function daemon(): { heard: unknown[]; socket: ScriptedDaemon } {
  const socket = new ScriptedDaemon(hostOf().id, 1);
  const heard: unknown[] = [];
  socket.answer = (event, payload) => {
    if (event === 'prices') heard.push(payload);
    return {};
  };
  test.hub.get(DaemonRegistry).set(socket);
  return { heard, socket };
}

const settled = async (heard: unknown[], count: number): Promise<void> => {
  for (let turn = 0; turn < 200 && heard.length < count; turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

describe('own prices', () => {
  it('are none at first, then what was put, and every daemon gets them', async () => {
    expect(await get()).toEqual({ models: [], changedAt: null });
    const { heard, socket } = daemon();
    const answer = await put({ models });
    expect(answer).toMatchObject({ status: 200, body: { models, changedAt: expect.any(String) } });
    expect(await get()).toEqual(answer.body);
    await settled(heard, 1);
    test.hub.get(EventBus).emit('host.connected', { hostId: socket.hostId, generation: 1 });
    await settled(heard, 2);
    expect(heard).toEqual([answer.body, answer.body]);
    test.hub.get(DaemonRegistry).remove(socket);
  });

  it('with a pattern that is none, or a negative price, are refused and change nothing', async () => {
    const before = await get();
    expect(await put({ models: [{ match: '(' }] })).toMatchObject({
      ...{ status: 422, body: { errors: [{ field: 'models[0].match' }] } },
    });
    expect((await put({ models: [{ match: 'x', input: -1 }] })).status).toBe(422);
    expect((await put({ models: [{ match: 'x', inptu: 1 }] })).status).toBe(422);
    expect(await get()).toEqual(before);
  });

  it('are changed by those who may', async () => {
    const token = await test.call({
      ...{ path: '/api/v1/tokens', headers: test.browser(cookie) },
      json: { name: newId(), scopes: ['usage.view'] },
    });
    const headers = { authorization: `Bearer ${String(token.body.secret ?? token.body.token)}` };
    expect((await test.call({ path: '/api/v1/prices', headers })).status).toBe(200);
    expect((await put({ models: [] }, headers)).status).toBe(403);
  });
});
