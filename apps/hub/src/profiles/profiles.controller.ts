// REST of profiles: what hosts report, put together by name.
import { Controller, Inject } from '@nestjs/common';
import { routes, type Host, type ProfileSummary } from '@roundhouse/protocol';
import { HostsService } from '../hosts/hosts.service.js';
import { Handle } from '../platform/http/route.js';

@Controller()
export class ProfilesController {
  constructor(@Inject(HostsService) private readonly hosts: HostsService) {}

  @Handle(routes.system.profiles)
  async list() {
    return { items: summarise(await this.hosts.list()) };
  }
}

/** Profiles of all hosts by name; the words of the first host that has one are shown. */
export function summarise(hosts: readonly Host[]): ProfileSummary[] {
  const byName = new Map<string, ProfileSummary>();
  for (const host of hosts) {
    for (const { name, displayName, color, supportsResume, available, reason } of host.profiles) {
      const summary = byName.get(name) ?? { name, displayName, color, supportsResume, hosts: [] };
      summary.hosts.push({ hostId: host.id, available, reason });
      byName.set(name, summary);
    }
  }
  return [...byName.values()].sort((a, b) => a.name.localeCompare(b.name));
}
