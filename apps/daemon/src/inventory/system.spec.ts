// The facts of this machine pass the wire's schema; the processor share comes from two samples.
import { systemInfoSchema } from '@roundhouse/protocol';
import { describe, expect, it } from 'vitest';
import { osName, SystemSampler } from './system.js';

const cpu = (busy: number, idle: number) => ({
  model: 'x',
  speed: 1,
  times: { user: busy / 2, nice: 0, sys: busy / 2, idle, irq: 0 },
});

const limits = { memory: null, cpu: 'no groups', most: { memoryMb: 4096 } };

describe('SystemSampler', () => {
  it('tells real facts of this machine', async () => {
    const sampler = new SystemSampler(limits);
    const info = systemInfoSchema.parse(await sampler.sample('/'));
    expect(info.cpuPercent).toBeNull();
    expect(info.memTotalBytes).toBeGreaterThan(info.memUsedBytes);
    expect(info.diskTotalBytes).toBeGreaterThan(0);
    expect(info.uptimeS).toBeGreaterThan(0);
    expect(info.load1).toBeGreaterThanOrEqual(0);
    expect(info.limits).toEqual(limits);
  });

  it('the processor share is that since the last sample; a root that is gone is no failure', async () => {
    const samples = [
      [cpu(100, 100), cpu(0, 200)],
      [cpu(175, 125), cpu(25, 275)],
      [cpu(0, 0), cpu(0, 0)],
    ];
    const sampler = new SystemSampler(limits, {
      cpus: () => samples.shift() ?? [],
      osRelease: () => Promise.resolve(null),
      now: () => 1_767_225_600_000,
    });
    expect((await sampler.sample('/nonexistent-rh')).cpuPercent).toBeNull();
    expect(await sampler.sample('/nonexistent-rh')).toMatchObject({
      cpuPercent: 50,
      cores: 2,
      clockMs: 1_767_225_600_000,
    });
    expect((await sampler.sample('/')).cpuPercent).toBeNull();
  });

  it('a root that is gone tells of the disk on which it was', async () => {
    const sampler = new SystemSampler(limits);
    const [gone, whole] = [await sampler.sample('/nonexistent-rh/deep'), await sampler.sample('/')];
    expect(gone.diskTotalBytes).toBe(whole.diskTotalBytes);
  });

  it.each([
    ['NAME=x\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n', 'Debian GNU/Linux 12 (bookworm)'],
    ["PRETTY_NAME='Alpine Linux'", 'Alpine Linux'],
    ['PRETTY_NAME=Arch', 'Arch'],
    ['PRETTY_NAME="a \\"b\\"\u001b[31m"', 'a "b"[31m'],
  ])('reads the name of the system from %j', (text, expected) => {
    expect(osName(text)).toBe(expected);
  });

  it('falls back to the kernel', () => {
    expect(osName('')).toMatch(/\S+ \S+/);
    expect(osName(null)).toBe(osName('PRETTY_NAME=""'));
  });
});
