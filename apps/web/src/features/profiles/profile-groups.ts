// The profiles of all hosts, by name, with where each is available. Pure.
import type { Host, HostProfile, ProfileProblem } from '@roundhouse/protocol';

export interface OnHost {
  readonly host: Pick<Host, 'id' | 'name' | 'state'>;
  readonly profile: HostProfile;
}

export interface ProfileGroup {
  readonly name: string;
  /** The words of the host that knows it best: one where it is available, else the first. */
  readonly shown: HostProfile;
  readonly hosts: readonly OnHost[];
  /** On how many of them it can be started now. */
  readonly available: number;
}

export function groupProfiles(hosts: readonly Host[]): ProfileGroup[] {
  const byName = new Map<string, OnHost[]>();
  for (const host of hosts.toSorted((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))) {
    for (const profile of host.profiles) {
      const list = byName.get(profile.name) ?? [];
      byName.set(profile.name, [...list, { host, profile }]);
    }
  }
  return [...byName]
    .flatMap(([name, on]): ProfileGroup[] => {
      const best = on.find(({ profile }) => profile.available) ?? on[0];
      if (!best) return [];
      return [
        {
          name,
          shown: best.profile,
          hosts: on,
          available: on.filter(({ host, profile }) => host.state === 'online' && profile.available).length,
        },
      ];
    })
    .toSorted((a, b) => rank(a) - rank(b) || a.shown.displayName.localeCompare(b.shown.displayName, 'en'));
}

/** What needs a look first, then what can be used, then the rest. */
const rank = ({ hosts, available }: ProfileGroup): number =>
  hosts.some(({ profile }) => profile.stale === true) ? 0 : available > 0 ? 1 : 2;

export interface BrokenFile {
  readonly hostName: string;
  readonly problem: ProfileProblem;
}

/** Problems of files that no profile of that host shows. */
export function brokenFiles(hosts: readonly Host[]): BrokenFile[] {
  return hosts.flatMap(({ name: hostName, profiles, profileProblems }) => {
    const shown = new Set(
      profiles.flatMap(({ problems = [] }) => problems.map((problem) => problemKey(problem))),
    );
    return profileProblems
      .filter((problem) => !shown.has(problemKey(problem)))
      .map((problem) => ({ hostName, problem }));
  });
}

export const problemKey = ({ file, line, field, message }: ProfileProblem): string =>
  `${file}:${String(line)}:${String(field)}:${message}`;
