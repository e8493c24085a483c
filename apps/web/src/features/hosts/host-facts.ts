// What can be read off a host: sizes in words, counts, which filter it falls under. Pure.
import { hasEnded, type Host, type ProjectInfo, type Session } from '@roundhouse/protocol';
import { formatDuration } from '../../lib/format.js';
import { t } from '../../lib/i18n/t.js';
import { needRank, sessionStatus, type StatusKind } from '../../lib/status.js';
import type { HostFilter } from './hosts-search.js';

const GB = 1024 ** 3;

/** Bytes as `16 GB` or `512 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < GB) return `${Math.round(bytes / 1024 ** 2)} MB`;
  const gb = bytes / GB;
  if (gb >= 1000) return `${(gb / 1024).toFixed(1)} TB`;
  return `${gb < 10 ? gb.toFixed(1).replace(/\.0$/, '') : Math.round(gb)} GB`;
}

/** Less than this is the way of a message through the network, and no matter. */
const CLOCK_OFF_MS = 2_000;

/** How the clock of a host goes, by the hub's. */
export function clockWord(skewMs: number | undefined): string {
  if (skewMs === undefined) return t('hosts.unknown');
  const off = Math.abs(skewMs);
  if (off < CLOCK_OFF_MS) return t('hosts.clockRight');
  return t(skewMs > 0 ? 'hosts.clockAhead' : 'hosts.clockBehind', { span: formatDuration(off) });
}

export const hostFilterOf = ({ state }: Host): HostFilter =>
  state === 'pending' ? 'pending' : state === 'online' ? 'online' : 'offline';

export function countHosts(hosts: readonly Host[]): Record<HostFilter, number> {
  const counts = { all: hosts.length, online: 0, offline: 0, pending: 0 };
  for (const host of hosts) counts[hostFilterOf(host)] += 1;
  return counts;
}

/** Numbers of the sessions that have not ended, by kind, most urgent first. */
export function sessionKinds(sessions: readonly Session[], host: Host): [StatusKind, number][] {
  const counts = new Map<StatusKind, number>();
  for (const session of sessions) {
    if (session.hostId !== host.id || hasEnded(session.state)) continue;
    const status = sessionStatus(session);
    // The same glyph: an agent that tells of no activity.
    const kind = status === 'running' ? 'working' : status;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].toSorted(([a], [b]) => needRank(a) - needRank(b));
}

export interface Load {
  readonly cpu: number | null;
  readonly memory: number | null;
  readonly disk: number | null;
}

/** Shares of 1; null where nothing is known or the host is not connected. */
export function loadOf({ system, state }: Host): Load {
  if (system === null || state !== 'online') return { cpu: null, memory: null, disk: null };
  const share = (used: number, total: number): number | null => (total > 0 ? used / total : null);
  return {
    cpu: system.cpuPercent === null ? null : system.cpuPercent / 100,
    memory: share(system.memUsedBytes, system.memTotalBytes),
    disk: share(system.diskTotalBytes - system.diskFreeBytes, system.diskTotalBytes),
  };
}

export interface ProjectNode {
  readonly project: ProjectInfo;
  /** Its linked worktrees. */
  readonly worktrees: readonly ProjectInfo[];
}

/** Repositories by name, each with its linked worktrees; a worktree whose repository was not reported stands alone. */
export function projectTree(projects: readonly ProjectInfo[]): ProjectNode[] {
  const paths = new Set(projects.map(({ path }) => path));
  const isMain = ({ worktreeOf }: ProjectInfo): boolean => worktreeOf === null || !paths.has(worktreeOf);
  return projects
    .filter(isMain)
    .toSorted((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }) || (a.path < b.path ? -1 : 1))
    .map((project) => ({
      project,
      worktrees: projects.filter((each) => !isMain(each) && each.worktreeOf === project.path),
    }));
}
