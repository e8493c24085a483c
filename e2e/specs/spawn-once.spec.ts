// A spawn happens once: repeated, mismatched, stopped on the way, and with the hub dying at every point of it.
import { randomUUID } from 'node:crypto';
import { expect, test } from '@playwright/test';
import type { Session } from '@roundhouse/protocol';
import type { DaemonProcess } from '../stack/daemon.js';
import { makeRepository } from '../stack/git-repo.js';
import { hubUnderTest } from '../stack/paths.js';
import { agentsOf, processesOfSession } from '../stack/processes.js';
import { Stack } from '../stack/stack.js';
import { until } from '../stack/wait.js';
import { faultPoints } from '../../apps/hub/dist/platform/faults.js';

test.describe.configure({ mode: 'serial' });

let stack: Stack;
let daemon: DaemonProcess;
let project: string;

test.beforeAll(async () => {
  stack = await Stack.start({ hubEntry: hubUnderTest });
  daemon = stack.makeDaemon('one');
  project = makeRepository(daemon.root, 'engine');
  const { id, joinToken } = await stack.rest.ok('POST', 'hosts', { name: 'one' });
  daemon.hostId = id;
  daemon.start(joinToken);
  await stack.online(daemon);
});
test.afterAll(() => stack.stop());

const agents = () => agentsOf(stack.base);
const noAgents = () => until(() => agents().length === 0, { what: 'no agent is left' });

test('R:C1 the same Idempotency-Key fifty times in parallel: one session, one process, fifty equal answers', async () => {
  const key = randomUUID();
  const answers = await Promise.all(Array.from({ length: 50 }, () => stack.spawn(daemon, { project }, key)));
  const ids = new Set(answers.map(({ id }) => id));
  expect(ids.size).toBe(1);
  const first = answers[0];
  if (!first) throw new Error('no answer');
  for (const answer of answers)
    expect({ ...answer, version: 0 }).toMatchObject({ id: first.id, epoch: 1, name: first.name });
  await stack.sessionIs(first.id, 'running');
  const { items } = await stack.rest.get<{ items: Session[] }>('sessions');
  expect(items).toHaveLength(1);
  await until(() => agents().length === 1, { what: 'one agent' });
  await stack.rest.ok('POST', `sessions/${first.id}/stop`, { force: true });
  await stack.sessionIs(first.id, 'exited');
  await noAgents();
});

test('R:C2 the same key with another body is refused, and the first session stays as it is', async () => {
  const key = randomUUID();
  const session = await stack.spawn(daemon, { project, name: 'first' }, key);
  const body = {
    hostId: daemon.hostId,
    profile: 'bash',
    project,
    mode: 'new',
    worktree: false,
    cols: 90,
    rows: 30,
  };
  const refused = await stack.rest.call('POST', 'sessions', body, { 'idempotency-key': key });
  expect(refused).toMatchObject({ status: 409, body: { code: 'IDEMPOTENCY_MISMATCH' } });
  const missing = await stack.rest.call('POST', 'sessions', body);
  expect(missing).toMatchObject({ status: 400, body: { code: 'IDEMPOTENCY_KEY_REQUIRED' } });
  await stack.sessionIs(session.id, 'running');
  await stack.rest.ok('POST', `sessions/${session.id}/stop`, { force: true });
  await noAgents();
});

test('R:C5 a stop that comes during the spawn: exited, stopped by the user, no process', async () => {
  for (const delayMs of [0, 20, 60, 120, 200]) {
    const { id } = await stack.spawn(daemon, { project });
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    await stack.rest.ok('POST', `sessions/${id}/stop`, {});
    const ended = await stack.sessionIs(id, 'exited');
    expect(ended.stateReason?.code).toBe('STOPPED_BY_USER');
    await until(() => processesOfSession(id).length === 0, { what: 'no process of the session' });
  }
});

for (const point of faultPoints) {
  test(`R:C3 the hub dies at ${point}: one process, or none and a row that says so; never two`, async () => {
    const key = randomUUID();
    await stack.hub.program.order('arm', { point });
    const before = await ids();
    const answer = stack.spawn(daemon, { project }, key).catch(() => null);
    const end = await stack.hub.program.ended;
    expect(end.signal).toBe('SIGKILL');
    await answer;
    await stack.hub.start();
    await stack.online(daemon);
    // What a client does that got no answer: the same again.
    const session = await stack.spawn(daemon, { project }, key);
    const running = await stack.sessionIs(session.id, 'running');
    expect(running.epoch).toBe(1);
    const made = (await ids()).filter((id) => !before.includes(id));
    expect(made).toEqual([session.id]);
    expect(agents().map(({ session: of }) => of)).toEqual([session.id]);
    await stack.rest.ok('POST', `sessions/${session.id}/stop`, { force: true });
    await stack.sessionIs(session.id, 'exited');
    await noAgents();
  });
}

async function ids(): Promise<string[]> {
  const { items } = await stack.rest.get<{ items: Session[] }>('sessions?limit=200');
  return items.map(({ id }) => id);
}
