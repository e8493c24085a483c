// Budgets over REST: checked, listed, audited, and changed by those who may.
import { newId } from '@roundhouse/kit';
import { roleMay } from '@roundhouse/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Database } from '../platform/database/database.js';
import { TestHub } from '../testing/test-hub.js';

let test: TestHub;
let cookie: string;
beforeAll(async () => {
  test = await TestHub.start();
  cookie = await test.setUp();
}, 60_000);
afterAll(() => test.close());

const path = '/api/v1/budgets';
const day = {
  ...{ scope: 'project', scopeKey: 'shop', period: 'day', action: 'refuse' },
  ...{ limitNanos: 5_000_000_000, limitTokens: null },
};
const post = (json: unknown, headers: Record<string, string> = test.browser(cookie)) =>
  test.call({ path, json, headers });
const remove = (id: string, headers: Record<string, string> = test.browser(cookie)) =>
  test.call({ method: 'DELETE', path: `${path}/${id}`, headers, json: {} });
const list = async (headers: Record<string, string> = test.browser(cookie)): Promise<unknown> =>
  (await test.call({ path, headers })).body.items;
const audits = (code: string) => test.hub.get(Database).client.auditEvent.findMany({ where: { code } });

describe('budgets over REST (F:F13)', () => {
  it('are added, listed with what is used, removed, and audited', async () => {
    expect(await list()).toEqual([]);
    const made = await post(day);
    expect(made).toMatchObject({ status: 201, body: { ...day, usedNanos: 0, usedTokens: 0, spent: false } });
    expect(await list()).toEqual([made.body]);
    const id = String(made.body.id);
    expect(await audits('BUDGET_CREATED')).toMatchObject([
      { actorKind: 'user', subjectId: id, details: day },
    ]);
    expect((await remove(id)).status).toBe(200);
    expect(await remove(id)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    expect(await list()).toEqual([]);
    expect(await audits('BUDGET_DELETED')).toMatchObject([{ subjectId: id }]);
  });

  it.each([
    ['without a limit', { limitNanos: null }, 'limitNanos'],
    ['with a limit of nothing', { limitNanos: 0 }, 'limitNanos'],
    ['with a scope without a name', { scopeKey: null }, 'scopeKey'],
    ['of everything with a name', { scope: 'all' }, 'scopeKey'],
    ['of a session that is no id', { scope: 'session' }, 'scopeKey'],
    ['with a name that no column takes', { scopeKey: 'a\0' }, 'scopeKey'],
    ['with an action that is none', { action: 'kill' }, 'action'],
  ])('%s are refused', async (_what, change, field) => {
    expect(await post({ ...day, ...change })).toMatchObject({ status: 422, body: { errors: [{ field }] } });
    expect(await list()).toEqual([]);
  });

  it('are changed by operators and administrators, and seen by those who see usage', async () => {
    expect((['admin', 'operator', 'viewer'] as const).map((role) => roleMay(role, 'budget.edit'))).toEqual([
      ...[true, true, false],
    ]);
    const token = await test.call({
      ...{ path: '/api/v1/tokens', headers: test.browser(cookie) },
      json: { name: newId(), scopes: ['usage.view'] },
    });
    const headers = { authorization: `Bearer ${String(token.body.token)}` };
    expect(await list(headers)).toEqual([]);
    expect((await post(day, headers)).status).toBe(403);
    expect((await remove(newId(), headers)).status).toBe(403);
  });
});
