// Control groups of version 2 on a file system of the test's own: what is written where, and honest words where not.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SessionCgroups } from './session-cgroups.js';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'rh-cgroup-'));
});
afterEach(() => rm(root, { recursive: true }));

const base = 'sys/fs/cgroup/user.slice/roundhouse.service';
async function files(contents: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(contents)) {
    await mkdir(path.join(root, path.dirname(name)), { recursive: true });
    await writeFile(path.join(root, name), text);
  }
}
const delegated = (controllers: string, own = 'roundhouse-daemon') =>
  files({
    'proc/self/cgroup': `0::/user.slice/roundhouse.service/${own}\n`,
    'sys/fs/cgroup/cgroup.controllers': 'cpu io memory pids\n',
    [`${base}/cgroup.controllers`]: `${controllers}\n`,
    [`${base}/cgroup.subtree_control`]: '',
  });

describe('F:N5 control groups of sessions', () => {
  it('holds each life of a session in a group of its own, and puts the agent there before it begins', async () => {
    await delegated('cpu memory');
    const groups = await SessionCgroups.probe(root);
    expect(groups.enforcement).toEqual({ memory: null, cpu: null });
    expect(await readFile(path.join(root, base, 'cgroup.subtree_control'), 'utf8')).toBe('+cpu');
    const before = await groups.enter('s-1', { memoryMb: 512, cpuPercent: 150 });
    const group = path.join(root, base, 'session-s-1');
    expect(await readFile(path.join(group, 'memory.max'), 'utf8')).toBe('536870912');
    expect(await readFile(path.join(group, 'cpu.max'), 'utf8')).toBe('150000 100000');
    const [program = '', ...words] = [...before, 'sh', '-c', 'echo "$$ $1"', 'x', 'a b'];
    const told = spawnSync(program, words, { encoding: 'utf8' });
    const pid = (await readFile(path.join(group, 'cgroup.procs'), 'utf8')).trim();
    expect(told.stdout.trim()).toBe(`${pid} a b`);
  });

  it('does not start the agent outside of its group', async () => {
    await delegated('memory');
    const groups = await SessionCgroups.probe(root);
    const [program = '', ...words] = await groups.enter('s-1', { memoryMb: 512 });
    await rm(path.join(root, base, 'session-s-1'), { recursive: true });
    const told = spawnSync(program, [...words, 'echo', 'ran'], { encoding: 'utf8' });
    expect([told.status === 0, told.stdout]).toEqual([false, '']);
  });

  it('leaves an agent without limits alone, and goes when the life is over', async () => {
    await delegated('cpu memory');
    const groups = await SessionCgroups.probe(root);
    expect(await groups.enter('s-1', { timeMinutes: 5 })).toEqual([]);
    expect(existsSync(path.join(root, base, 'session-s-1'))).toBe(false);
    await mkdir(path.join(root, base, 'session-s-2'));
    await groups.leave('s-2');
    expect(existsSync(path.join(root, base, 'session-s-2'))).toBe(false);
    // What an earlier daemon left.
    await mkdir(path.join(root, base, 'session-s-3'));
    await SessionCgroups.probe(root);
    expect(existsSync(path.join(root, base, 'session-s-3'))).toBe(false);
  });

  it('says why not: no version 2, nothing delegated, a controller that is missing', async () => {
    const none = await SessionCgroups.probe(root);
    expect(none.enforcement.memory).toBe('the host has no control groups of version 2');
    expect(await none.enter('s', { memoryMb: 64 })).toEqual([]);
    await delegated('memory', 'app.scope');
    expect((await SessionCgroups.probe(root)).enforcement.cpu).toContain('Delegate=yes');
    await delegated('memory pids');
    expect((await SessionCgroups.probe(root)).enforcement).toEqual({
      memory: null,
      cpu: 'the controller cpu is not delegated to the daemon',
    });
    await rm(path.join(root, base, 'cgroup.subtree_control'));
    await mkdir(path.join(root, base, 'cgroup.subtree_control'));
    expect((await SessionCgroups.probe(root)).enforcement.memory).toBe(
      'the controller memory cannot be used (EISDIR)',
    );
  });

  it('is asked of the machine that this runs on without a failure', async () => {
    const { memory } = (await SessionCgroups.probe()).enforcement;
    expect(memory === null || memory.length > 10).toBe(true);
  });
});
