// Profiles of all hosts, by name. Pure.
import type { Host, ProfileOnHosts, ProfileSummary } from '@roundhouse/protocol';

/** The words of the first host that has a profile are shown. */
export function summarise(hosts: readonly Host[]): ProfileSummary[] {
  const byName = new Map<string, ProfileSummary>();
  for (const host of hosts) {
    for (const profile of host.profiles) {
      const { name, displayName, color, supportsResume, available, reason, version } = profile;
      const summary = byName.get(name) ?? { name, displayName, color, supportsResume, hosts: [] };
      summary.hosts.push({
        ...{ hostId: host.id, hostName: host.name, available, reason, version },
        source: profile.source ?? null,
        stale: profile.stale ?? false,
        telemetry: profile.telemetry ?? null,
        problems: profile.problems?.length ?? 0,
        warnings: profile.warnings?.length ?? 0,
      });
      byName.set(name, summary);
    }
  }
  return [...byName.values()].sort((a, b) => a.name.localeCompare(b.name));
}

export const onHosts = (name: string, hosts: readonly Host[]): ProfileOnHosts['hosts'] =>
  hosts.flatMap((host) =>
    host.profiles
      .filter((profile) => profile.name === name)
      .map((profile) => ({ ...profile, hostId: host.id, hostName: host.name })),
  );
