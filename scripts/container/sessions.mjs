// Owns what the checks do with a hub over REST: a host that is there, a session that runs, input, the file it made.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { until } from './until.mjs';

/** Resolves to the host when it is in that state and has told its projects. */
export function hostIs(bed, state) {
  return until(
    async () => {
      const { body } = await bed.call('GET', `/hosts/${bed.hostId}`);
      return body.state === state && body.projects.length > 0 ? body : null;
    },
    { what: `the host to be ${state}`, ms: 60_000 },
  );
}

/** A bash session that runs. @returns its id */
export async function spawned(bed, { worktree }) {
  const request = { hostId: bed.hostId, profile: 'bash', project: bed.project, mode: 'new', worktree };
  const body = { ...request, trust: true, cols: 80, rows: 24 };
  const answer = await bed.call('POST', '/sessions', body, { 'idempotency-key': randomUUID() });
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  const { id } = answer.body;
  const running = async () => {
    const { body: session } = await bed.call('GET', `/sessions/${id}`);
    assert.notEqual(session.state, 'failed', JSON.stringify(session.stateReason));
    return session.state === 'running';
  };
  await until(running, { what: 'the session to run' });
  return id;
}

/** A link that is being made anew refuses input and keeps nothing of it, so trying again types it once. */
export function type(bed, session, data) {
  const accepted = async () => (await bed.call('POST', `/sessions/${session}/input`, { data })).status < 300;
  return until(accepted, { what: 'input to be taken' });
}

/** What the file holds, once it holds something. */
export const fileText = (file) =>
  until(() => existsSync(file) && readFileSync(file, 'utf8'), { what: `${file} with content` });
