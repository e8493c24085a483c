// Memory and CPU of sessions by control groups of version 2, one for each, beside the daemon's own in a delegated group.
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { SessionLimits } from '@roundhouse/protocol';
import type { Enforcement } from './effective-limits.js';

/**
 * Name of the daemon's own group. That it has it says that the group above was delegated to Roundhouse, and has no
 * process of its own: systemd does so with `Delegate=yes` and `DelegateSubgroup=roundhouse-daemon`.
 */
const DAEMON_GROUP = 'roundhouse-daemon';
const PREFIX = 'session-';
/** Length of the span in which the share of the processor is counted, in microseconds; the kernel's default. */
const CPU_PERIOD_US = 100_000;
const MiB = 1024 * 1024;

const noV2 = 'the host has no control groups of version 2';
const notDelegated = `no control group is delegated to the daemon (its service needs Delegate=yes and DelegateSubgroup=${DAEMON_GROUP})`;

export class SessionCgroups {
  private constructor(
    /** The delegated group; null when there is none. */
    private readonly base: string | null,
    readonly enforcement: Enforcement,
  ) {}

  static #none(reason: string): SessionCgroups {
    return new SessionCgroups(null, { memory: reason, cpu: reason });
  }

  /** Agents run elsewhere: their groups are not this daemon's to make. */
  static elsewhere(): SessionCgroups {
    return SessionCgroups.#none('agents run apart from the daemon: limit the container of the keepers');
  }

  /** Never rejects. @param root of the file system; a test has its own */
  static async probe(root = '/'): Promise<SessionCgroups> {
    const own = /^0::(\/.*)$/m.exec(await text(path.join(root, 'proc/self/cgroup')))?.[1];
    const mount = path.join(root, 'sys/fs/cgroup');
    if (own === undefined || (await text(path.join(mount, 'cgroup.controllers'))) === '')
      return SessionCgroups.#none(noV2);
    if (path.basename(own) !== DAEMON_GROUP) return SessionCgroups.#none(notDelegated);
    const base = path.join(mount, path.dirname(own));
    const memory = await enable(base, 'memory');
    const cpu = await enable(base, 'cpu');
    const groups = new SessionCgroups(base, { memory, cpu });
    await groups.#removeEmpty();
    return groups;
  }

  /**
   * Makes the group of one life of a session.
   * @returns the words that go before the agent's command so that it runs there; none when nothing is to be enforced
   * @throws when the group cannot be made
   */
  async enter(name: string, { memoryMb, cpuPercent }: SessionLimits): Promise<string[]> {
    const { memory, cpu } = this.enforcement;
    const limits = [
      ...(memoryMb === undefined || memory !== null ? [] : [['memory.max', String(memoryMb * MiB)] as const]),
      ...(cpuPercent === undefined || cpu !== null
        ? []
        : [['cpu.max', `${String((cpuPercent * CPU_PERIOD_US) / 100)} ${String(CPU_PERIOD_US)}`] as const]),
    ];
    if (this.base === null || limits.length === 0) return [];
    const group = path.join(this.base, PREFIX + name);
    await mkdir(group, { recursive: true });
    for (const [file, value] of limits) await writeFile(path.join(group, file), value);
    // The shell moves itself and becomes the agent: it keeps its pid, and nothing that it starts is ever outside.
    const script = 'echo $$ > "$1" && shift && exec "$@"';
    return ['/bin/sh', '-c', script, 'sh', path.join(group, 'cgroup.procs')];
  }

  /** The life is over. A group with processes in it stays; the next daemon tries again. */
  async leave(name: string): Promise<void> {
    if (this.base !== null) await rmdir(path.join(this.base, PREFIX + name)).catch(() => undefined);
  }

  async #removeEmpty(): Promise<void> {
    const names = this.base === null ? [] : await readdir(this.base).catch(() => []);
    for (const name of names) if (name.startsWith(PREFIX)) await this.leave(name.slice(PREFIX.length));
  }
}

/** @returns why not, or null */
async function enable(base: string, controller: string): Promise<string | null> {
  const offered = (await text(path.join(base, 'cgroup.controllers'))).split(/\s+/);
  if (!offered.includes(controller)) return `the controller ${controller} is not delegated to the daemon`;
  try {
    await writeFile(path.join(base, 'cgroup.subtree_control'), `+${controller}`);
    return null;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    return `the controller ${controller} cannot be used (${code})`;
  }
}

const text = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '');
