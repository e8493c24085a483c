// Facts of the machine: processor, memory, disk of the first root, name of the system, uptime, limits of sessions.
import { readFile, statfs } from 'node:fs/promises';
import {
  arch,
  cpus,
  freemem,
  hostname,
  loadavg,
  release,
  totalmem,
  type,
  uptime,
  type CpuInfo,
} from 'node:os';
import { dirname } from 'node:path';
import type { HostLimits, SystemInfo } from '@roundhouse/protocol';

interface CpuTimes {
  readonly busy: number;
  readonly total: number;
}

export interface SystemSources {
  readonly cpus: () => readonly CpuInfo[];
  readonly osRelease: () => Promise<string | null>;
  /** The wall clock, which the hub compares with its own. */
  readonly now: () => number;
}

const systemSources: SystemSources = {
  cpus,
  osRelease: () => readFile('/etc/os-release', 'utf8').catch(() => null),
  now: Date.now,
};

/** Keeps the processor times of the last sample: a share needs two. */
export class SystemSampler {
  readonly #sources: SystemSources;
  readonly #limits: HostLimits;
  #last: CpuTimes | null = null;
  #os: string | null = null;

  constructor(limits: HostLimits, sources: SystemSources = systemSources) {
    this.#limits = limits;
    this.#sources = sources;
  }

  /** Never rejects: a fact that cannot be read is 0, or null where the type has it. */
  async sample(firstRoot: string): Promise<SystemInfo> {
    const processors = this.#sources.cpus();
    const memTotalBytes = totalmem();
    this.#os ??= osName(await this.#sources.osRelease());
    return {
      os: this.#os,
      arch: arch(),
      hostname: hostname().slice(0, 255),
      cores: Math.max(1, processors.length),
      cpuPercent: this.#cpuPercent(processors),
      load1: loadavg()[0] ?? 0,
      memTotalBytes,
      memUsedBytes: Math.max(0, memTotalBytes - freemem()),
      ...(await diskOf(firstRoot)),
      uptimeS: uptime(),
      limits: this.#limits,
      clockMs: this.#sources.now(),
    };
  }

  #cpuPercent(processors: readonly CpuInfo[]): number | null {
    const before = this.#last;
    const now = cpuTimes(processors);
    this.#last = now;
    if (!before || now.total <= before.total) return null;
    const share = (now.busy - before.busy) / (now.total - before.total);
    return Math.round(Math.min(1, Math.max(0, share)) * 1000) / 10;
  }
}

function cpuTimes(processors: readonly CpuInfo[]): CpuTimes {
  const sums = processors.map(({ times }) => {
    const total = times.user + times.nice + times.sys + times.idle + times.irq;
    return { busy: total - times.idle, total };
  });
  return {
    busy: sums.reduce((sum, { busy }) => sum + busy, 0),
    total: sums.reduce((sum, { total }) => sum + total, 0),
  };
}

/** Of a root that is not there yet: the disk on which it would be made. */
async function diskOf(root: string): Promise<{ diskTotalBytes: number; diskFreeBytes: number }> {
  const disk = await statfs(root).catch(() => null);
  if (!disk) return dirname(root) === root ? { diskTotalBytes: 0, diskFreeBytes: 0 } : diskOf(dirname(root));
  // Free for an ordinary user, which is what an agent can fill.
  return { diskTotalBytes: disk.blocks * disk.bsize, diskFreeBytes: disk.bavail * disk.bsize };
}

/** PRETTY_NAME of os-release(5), else what the kernel calls itself. */
export function osName(osRelease: string | null): string {
  const line = /^PRETTY_NAME=(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+))$/m.exec(osRelease ?? '');
  const name = (line?.[1]?.replace(/\\(.)/g, '$1') ?? line?.[2] ?? line?.[3] ?? '')
    .replace(/\p{C}/gu, '')
    .trim();
  return (name === '' ? `${type()} ${release()}` : name).slice(0, 200);
}
