// Limits of sessions with real keepers: time that ran out while no daemon was there, groups, and honest notes.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { eventually } from '../keeper/testing/keeper-rig.js';
import { SessionBed } from './testing/session-bed.js';

const limits = { time_minutes: 1, memory_mb: 128 };

it('F:N5 a session whose time ran out is stopped with that reason, and says what is not enforced', async () => {
  await using bed = new SessionBed();
  await bed.profile('timed', 'exec cat', { fields: { limits } });
  const first = await bed.daemon();
  const op = await bed.spawn(first.sessions, 'timed');
  const { record } = first.sessions.require(op.sessionId);
  expect(record.limits).toEqual({ timeMinutes: 1, memoryMb: 128 });
  expect(record.notes).toEqual([
    'The memory limit of 128 MiB is not enforced here: the host has no control groups of version 2',
  ]);
  await first.end();
  const ago = (ms: number) => new Date(Date.now() - ms).toISOString();
  const file = join(bed.stateDir, 'sessions', op.sessionId, 'session.json');
  const began = (startedAt: string): void => {
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), startedAt }));
  };
  began(ago(55_000));
  const near = await bed.daemon();
  const told = () => near.sessions.require(op.sessionId).report();
  await eventually(() => told().warnings.includes('time-limit'), 'it is warned of');
  await eventually(
    () => told().notes?.some((note) => note.includes('its time limit is 1 min')) ?? false,
    'its note',
  );
  await near.end();
  began(ago(120_000));
  const second = await bed.daemon();
  expect((await bed.fact('session.exited', op)).reason).toMatchObject({ code: 'TIME_LIMIT' });
  await second.end();
});

it('F:N5 an agent runs in the group of its session from its first instruction', async () => {
  await using bed = new SessionBed();
  const group = join(bed.base, 'sys/fs/cgroup/x/');
  mkdirSync(join(bed.base, 'proc/self'), { recursive: true });
  mkdirSync(group, { recursive: true });
  writeFileSync(join(bed.base, 'proc/self/cgroup'), '0::/x/roundhouse-daemon\n');
  for (const at of [join(group, '..'), group]) writeFileSync(join(at, 'cgroup.controllers'), 'cpu memory\n');
  await bed.profile('held', 'exec cat', { fields: { limits: { memory_mb: 128 } } });
  const { sessions, end } = await bed.daemon();
  const op = await bed.spawn(sessions, 'held');
  const { record } = sessions.require(op.sessionId);
  const procs = join(group, `session-${op.sessionId}-1`, 'cgroup.procs');
  await eventually(
    () => readFileSync(procs, 'utf8').trim() === String(record.agent?.pid),
    'its pid is there',
  );
  expect(record.notes).toEqual([]);
  sessions.stop({ kind: 'stop', sessionId: op.sessionId, epoch: 1, force: true });
  expect((await bed.fact('session.exited', op)).reason).toBeUndefined();
  await end();
});
