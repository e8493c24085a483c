// Every shipped profile, started as the daemon does: what is left on the host afterwards, and who knew what.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { silentLogger, systemClock } from '@roundhouse/kit';
import { loadProfileDirectories } from '@roundhouse/profiles/node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TrustStore } from '../git/trust.js';
import { SESSION_MARKER } from '../keeper/spawn-spec.js';
import { eventually } from '../keeper/testing/keeper-rig.js';
import type { SessionManager } from '../sessions/session-manager.js';
import { SessionBed } from '../sessions/testing/session-bed.js';
import { openFootprint, type Footprint } from './footprint.js';
import { createHookIntake, type HookIntake } from './hooks/hook-intake.js';
import { installFakeAgent, snapshotOf } from './testing/fake-agent.js';

const shipped = (
  await loadProfileDirectories([fileURLToPath(new URL('../../../../profiles', import.meta.url))])
).profiles;
const CANARY = 'canary-5f2d7c1e9b';

let bed: SessionBed;
let home: string;
let hooks: HookIntake;
let footprint: Footprint;
let heard: string[];
let sessions: SessionManager;

beforeEach(async () => {
  bed = new SessionBed();
  home = join(bed.base, 'home');
  for (const directory of ['.claude', '.qwen', '.gemini', '.codex'])
    mkdirSync(join(home, directory), { recursive: true });
  for (const file of ['.claude/settings.json', '.qwen/settings.json', '.claude.json'])
    writeFileSync(join(home, file), '{"theme":"dark"}');
  const bin = join(bed.base, 'bin');
  installFakeAgent(
    bin,
    shipped.map(({ profile }) => profile.binary).filter((name) => name !== 'bash'),
  );
  bed.env = { HOME: home, PATH: `${bin}:${process.env['PATH'] ?? ''}`, AGENT_KEY: CANARY };
  heard = [];
  const common = { clock: systemClock, logger: silentLogger() };
  hooks = createHookIntake(common);
  hooks.onHook(({ event }) => {
    heard.push(event);
  });
  const held: { sessions: SessionManager | null } = { sessions: null };
  footprint = await openFootprint({
    ...{ ...common, hooks, stateDir: bed.stateDir, baseEnv: bed.env },
    trust: await TrustStore.open({ stateDir: bed.stateDir, clock: systemClock }),
    profileOf: (name) => bed.profileOf(name),
    sessionOf: (id) => held.sessions?.get(id),
    onShellReport: () => undefined,
  });
  bed.prepareAgent = (start) => footprint.prepareAgent(start, new AbortController().signal);
  bed.watchers.push(...footprint.watchers);
  for (const { profile } of shipped) bed.addProfile(profile);
  ({ sessions } = await bed.daemon());
  held.sessions = sessions;
});
afterEach(async () => {
  footprint.dispose();
  await hooks.dispose();
  await bed[Symbol.asyncDispose]();
});

describe('nothing is written to the home directory or the project by starting', () => {
  it.each(shipped.map(({ profile }) => profile.name))('%s', async (name) => {
    const before = [snapshotOf(home), snapshotOf(bed.project)];
    const op = await bed.spawn(sessions, name);
    const hasHooks = (bed.profileOf(name)?.hooks?.events ?? []).length > 0;
    await eventually(() => !hasHooks || heard.includes('SessionStart'), 'its first hook was heard', 10_000);
    sessions.stop({ kind: 'stop', sessionId: op.sessionId, epoch: 1, force: true });
    await bed.fact('session.exited', op);
    expect([snapshotOf(home), snapshotOf(bed.project)]).toEqual(before);
    await sessions.forget(op.sessionId);
    expect(readdirSync(join(bed.stateDir, 'sessions'))).toEqual([]);
  });
});

const read = (file: string): string => {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
};

it('R:H15 what one agent has in its environment is in no file, no argument and no other process', async () => {
  const claude = bed.profileOf('claude');
  if (!claude) throw new Error('no claude');
  bed.addProfile({ ...claude, name: 'keyed', env_passthrough: ['AGENT_KEY'] });
  const other = await bed.spawn(sessions, 'claude');
  const op = await bed.spawn(sessions, 'keyed');
  await eventually(() => heard.filter((event) => event === 'SessionStart').length === 2, 'both run', 10_000);
  const own = await bed.processes(op.sessionId);
  expect(own.some((pid) => read(`/proc/${String(pid)}/environ`).includes(CANARY))).toBe(true);
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  expect(await bed.processes(other.sessionId)).not.toHaveLength(0);
  for (const pid of pids) {
    expect(read(`/proc/${pid}/cmdline`), pid).not.toContain(CANARY);
    // A hook may have begun since.
    const environment = read(`/proc/${pid}/environ`);
    if (!own.includes(Number(pid)) && !environment.includes(`${SESSION_MARKER}=${op.sessionId}`))
      expect(environment, pid).not.toContain(CANARY);
  }
  sessions.stop({ kind: 'stop', sessionId: op.sessionId, epoch: 1, force: true });
  await bed.fact('session.exited', op);
  const files = readdirSync(bed.base, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  for (const { parentPath, name } of files) expect(read(join(parentPath, name)), name).not.toContain(CANARY);
  expect(JSON.stringify([bed.facts, sessions.report()])).not.toContain(CANARY);
});
