// Join tokens: one use, thirty minutes, one host; and what a foreign machine is told.
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { expect, test } from '@playwright/test';
import type { Host } from '@roundhouse/protocol';
import { hubUnderTest } from '../stack/paths.js';
import { Rest } from '../stack/rest.js';
import { Stack } from '../stack/stack.js';

let stack: Stack;

test.beforeAll(async () => {
  stack = await Stack.start({ hubEntry: hubUnderTest });
});
test.afterAll(() => stack.stop());

const publicKey = () =>
  generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
/** As a daemon would, without any credential. */
const enrol = (token: string) =>
  new Rest(stack.hub.url).call('POST', 'enrol', { token, publicKey: publicKey(), instanceId: randomUUID() });
const register = (name: string) => stack.rest.ok('POST', 'hosts', { name });

test('R:H6 twenty uses of a join token in parallel: exactly one host', async () => {
  const { joinToken, id } = await register('race');
  const answers = await Promise.all(Array.from({ length: 20 }, () => enrol(joinToken)));
  const taken = answers.filter(({ status }) => status === 201);
  expect(taken).toHaveLength(1);
  expect(taken[0]?.body).toMatchObject({ hostId: id, name: 'race' });
  for (const { status, body } of answers.filter((answer) => answer.status !== 201)) {
    expect(status).toBeGreaterThanOrEqual(400);
    expect(body.code).toBe('JOIN_TOKEN_INVALID');
  }
  expect((await enrol(joinToken)).body.code).toBe('JOIN_TOKEN_INVALID');
});

test('R:H6 a token that lapsed, was replaced, was altered, or whose host was removed is refused', async () => {
  const replaced = await register('replaced');
  const newer = await stack.rest.ok('POST', `hosts/${replaced.id}/join-token`, {});
  expect((await enrol(replaced.joinToken)).body.code).toBe('JOIN_TOKEN_INVALID');
  const altered = newer.joinToken.replace(/\.(.)/, (_: string, first: string) =>
    first === 'A' ? '.B' : '.A',
  );
  expect((await enrol(altered)).body.code).toBe('JOIN_TOKEN_INVALID');
  expect((await enrol('rhj_nonsense')).body.code).toBe('JOIN_TOKEN_INVALID');
  const removed = await register('removed');
  await stack.rest.ok('DELETE', `hosts/${removed.id}`);
  expect((await enrol(removed.joinToken)).body.code).toBe('JOIN_TOKEN_INVALID');
  // The one that was neither used nor replaced still works, until its time is over.
  await stack.hub.program.order('advance', { ms: 29 * 60_000 });
  const late = await register('late');
  expect((await enrol(newer.joinToken)).status).toBe(201);
  await stack.hub.program.order('advance', { ms: 31 * 60_000 });
  expect((await enrol(late.joinToken)).body.code).toBe('JOIN_TOKEN_INVALID');
});

test('a host is registered once by its name, renamed, and its token is never shown again', async () => {
  const { id, joinToken } = await register('yard');
  expect(await stack.rest.call('POST', 'hosts', { name: 'yard' })).toMatchObject({
    status: 409,
    body: { code: 'NAME_TAKEN' },
  });
  const renamed = await stack.rest.ok<Host>('PATCH', `hosts/${id}`, { name: 'yard two' });
  expect(renamed).toMatchObject({ name: 'yard two', state: 'pending' });
  expect(JSON.stringify(await stack.rest.get('hosts'))).not.toContain(joinToken);
  const bad = await stack.rest.call('POST', 'hosts', { name: 'a\u001b[31m', extra: 1 });
  expect(bad).toMatchObject({ status: 422, body: { code: 'VALIDATION_FAILED' } });
  expect(bad.body.errors.map(({ field }: { field: string }) => field)).toContain('name');
});
