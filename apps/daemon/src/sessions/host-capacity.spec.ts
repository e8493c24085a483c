// A session is refused before the host runs out, with what is short and what helps.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCgroupRoom } from './cgroup-room.js';
import { readHostRoom, requireRoom, roomFor, type HostRoom } from './host-capacity.js';

const MiB = 1024 * 1024;
const plenty: HostRoom = {
  files: { left: 10_000, limit: 20_000 },
  ...{ tasks: 10_000, memory: 8_192 * MiB, ptys: 3_000, disk: 9_000 * MiB },
};
const unknown: HostRoom = { files: null, tasks: null, memory: null, ptys: null, disk: null };
const files = (left: number, limit = 256) => ({ ...plenty, files: { left, limit } });

describe('R:C21 R:F33 a host that is nearly full', () => {
  it('refuses at 80 % of its descriptors, sooner while others start, and never for what it cannot know', () => {
    expect(() => {
      requireRoom(plenty, 50);
      requireRoom(unknown, 50);
      requireRoom(files(68), 0);
    }).not.toThrow();
    expect(() => {
      requireRoom(files(67), 0);
    }).toThrow('short of open files: 67 left, a session needs 68');
    expect(() => {
      requireRoom(files(68), 1);
    }).toThrow('short of open files: 68 left, a session needs 84');
    // A fifth of a large limit is left as well, and of a small one no less than what lives already needs.
    expect(() => {
      requireRoom(files(4_000, 20_000), 0);
    }).toThrow('a session needs 4016');
    expect(() => {
      requireRoom(files(55, 64), 0);
    }).toThrow('a session needs 56');
  });

  it.each([
    [{ tasks: 31 }, 'processes: 31 left, a session needs 32', 'more processes'],
    [{ memory: 191 * MiB }, 'memory: 191 MiB left, a session needs 192 MiB', 'more memory'],
    [{ ptys: 8 }, 'terminals: 8 left, a session needs 9', 'kernel.pty.max'],
    [{ disk: 99 * MiB }, 'disk space: 99 MiB left, a session needs 100 MiB', 'ROUNDHOUSE_STATE_DIR'],
  ])('%j: says what is short, and what helps', (short, message, hint) => {
    expect(() => {
      requireRoom({ ...plenty, ...short }, 0);
    }).toThrow(
      expect.objectContaining({
        code: 'HOST_CAPACITY',
        message: `The host is short of ${message}`,
        hint: expect.stringContaining(hint),
      }),
    );
  });

  it('knows for how many sessions there is room', () => {
    expect(roomFor(unknown)).toBeNull();
    expect(roomFor({ ...plenty, memory: 320 * MiB })).toBe(3);
    expect(roomFor({ ...plenty, ptys: 8 })).toBe(0);
    // As many as it says fit, and no more.
    const room = { ...plenty, disk: 420 * MiB };
    const fits = roomFor(room) ?? 0;
    expect(() => {
      requireRoom(room, fits - 1);
    }).not.toThrow();
    expect(() => {
      requireRoom(room, fits);
    }).toThrow('disk space');
  });
});

describe('what is left', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'rh-root-'));
  });
  afterEach(() => rm(root, { recursive: true }));
  const files = async (contents: Record<string, string>): Promise<void> => {
    for (const [name, text] of Object.entries(contents)) {
      await mkdir(path.join(root, path.dirname(name)), { recursive: true });
      await writeFile(path.join(root, name), text);
    }
  };

  it('is known of this process', async () => {
    const room = await readHostRoom({ stateDir: tmpdir() });
    expect(room.disk).toBeGreaterThan(0);
    if (process.platform !== 'linux') return;
    expect(room.files?.left).toBeGreaterThan(0);
    expect(room.memory).toBeGreaterThan(0);
    expect(room.ptys).toBeGreaterThan(0);
  });

  it('is nothing that can be told on a system without /proc', async () => {
    expect(await readHostRoom({ stateDir: '/nonexistent-rh', root })).toEqual(unknown);
  });

  it('is the less of what the machine has and what the groups leave, without the cache', async () => {
    await files({
      'proc/meminfo': 'MemTotal: 9000 kB\nMemAvailable:    8000 kB\n',
      'proc/self/cgroup': '0::/user.slice/daemon.service\n',
      'proc/sys/kernel/pty/max': '4096\n',
      'proc/sys/kernel/pty/reserve': '1024\n',
      'proc/sys/kernel/pty/nr': '72\n',
      'sys/fs/cgroup/memory.max': 'max\n',
      'sys/fs/cgroup/user.slice/memory.max': '5000000\n',
      'sys/fs/cgroup/user.slice/memory.current': '4500000\n',
      'sys/fs/cgroup/user.slice/memory.stat': 'anon 1\ninactive_file 1500000\n',
      'sys/fs/cgroup/user.slice/daemon.service/memory.max': '4000000\n',
      'sys/fs/cgroup/user.slice/daemon.service/memory.current': '100000\n',
      'sys/fs/cgroup/user.slice/daemon.service/pids.max': '500\n',
      'sys/fs/cgroup/user.slice/daemon.service/pids.current': '30\n',
    });
    const freeBytes = () => Promise.resolve(7);
    expect(await readHostRoom({ stateDir: '/s', root, freeBytes })).toEqual({
      ...{ files: null, tasks: 470, memory: 2_000_000, ptys: 3_000, disk: 7 },
    });
  });

  it('is read in a container of version 2, which sees its own group as the outermost', async () => {
    await files({
      'proc/self/cgroup': '0::/\n',
      'sys/fs/cgroup/memory.max': '1000\n',
      'sys/fs/cgroup/memory.current': '900\n',
      'sys/fs/cgroup/pids.max': 'max\n',
    });
    expect(await readCgroupRoom(root)).toEqual({ memory: 100, tasks: null });
  });

  it('is read from version 1, whose "no limit" is a number', async () => {
    await files({
      'proc/self/cgroup': '4:memory:/docker/abc\n8:cpu,pids:/\n0::/\n',
      'sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n',
      'sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes': '1000\n',
      'sys/fs/cgroup/memory/docker/abc/memory.usage_in_bytes': '600\n',
      'sys/fs/cgroup/memory/docker/abc/memory.stat': 'cache 5\ntotal_inactive_file 100\n',
      'sys/fs/cgroup/pids/pids.max': '50\n',
      'sys/fs/cgroup/pids/pids.current': '20\n',
    });
    expect(await readCgroupRoom(root)).toEqual({ memory: 500, tasks: 30 });
  });
});
