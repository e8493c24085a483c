// What one session may use: what was asked for, else what its profile says, and never more than the host allows. Pure.
import type { Profile } from '@roundhouse/profiles';
import type { SessionLimits } from '@roundhouse/protocol';

export interface EffectiveLimits {
  readonly limits: SessionLimits;
  /** What a person asked for and does not get. */
  readonly notes: readonly string[];
}

const words = {
  timeMinutes: { what: 'time', unit: 'min' },
  memoryMb: { what: 'memory', unit: 'MiB' },
  cpuPercent: { what: 'CPU', unit: '% of a core' },
} as const;
export type LimitName = keyof typeof words;
const names = Object.keys(words) as LimitName[];

export function effectiveLimits(
  asked: SessionLimits,
  { limits: own = {} }: Pick<Profile, 'limits'>,
  ceiling: SessionLimits,
): EffectiveLimits {
  const wished: SessionLimits = {
    timeMinutes: asked.timeMinutes ?? own.time_minutes,
    memoryMb: asked.memoryMb ?? own.memory_mb,
    cpuPercent: asked.cpuPercent ?? own.cpu_percent,
  };
  const notes: string[] = [];
  const limits: SessionLimits = {};
  for (const name of names) {
    const most = ceiling[name];
    const value = wished[name] ?? most;
    if (value === undefined) continue;
    limits[name] = most === undefined ? value : Math.min(value, most);
    if (most !== undefined && value > most) {
      notes.push(`The ${words[name].what} limit is ${limitWord(name, most)}: this host allows no more`);
    }
  }
  return { limits, notes };
}

/** `512 MiB` */
const limitWord = (name: LimitName, value: number): string => `${String(value)} ${words[name].unit}`;

/** One sentence for each limit that the host cannot hold the session to. */
export function notEnforced(limits: SessionLimits, enforcement: Enforcement): string[] {
  return (['memoryMb', 'cpuPercent'] as const).flatMap((name) => {
    const value = limits[name];
    const reason = name === 'memoryMb' ? enforcement.memory : enforcement.cpu;
    if (value === undefined || reason === null) return [];
    return [`The ${words[name].what} limit of ${limitWord(name, value)} is not enforced here: ${reason}`];
  });
}

/** Why a limit cannot be enforced on this host; null where it can. The limit of time always can. */
export interface Enforcement {
  readonly memory: string | null;
  readonly cpu: string | null;
}
