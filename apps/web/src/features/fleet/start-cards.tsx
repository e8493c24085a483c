// No session yet: one card per agent that is ready somewhere; one press starts with it.
import type { Host, HostProfile } from '@roundhouse/protocol';
import { Play } from 'lucide-react';
import { t, tn } from '../../lib/i18n/t.js';
import { openSpawn } from '../../lib/spawn-intent.js';
import { AgentIcon } from '../../ui/agent-icon.js';
import { EmptyState } from '../../ui/empty-state.js';
import { Spinner } from '../../ui/spinner.js';

/** Cards shown. */
const MOST = 3;

export interface ReadyAgent {
  readonly profile: HostProfile;
  readonly hosts: readonly Host[];
}

/** Agents that can be started now, those on most hosts first; a plain shell last, since it needs no account. */
function readyAgents(hosts: readonly Host[]): ReadyAgent[] {
  const found = new Map<string, { profile: HostProfile; hosts: Host[] }>();
  for (const host of hosts.filter(({ state }) => state === 'online'))
    for (const profile of host.profiles.filter(({ available }) => available)) {
      const known = found.get(profile.name) ?? { profile, hosts: [] };
      known.hosts.push(host);
      found.set(profile.name, known);
    }
  const shell = ({ profile }: ReadyAgent): number => (profile.name === 'bash' ? 1 : 0);
  return [...found.values()].toSorted(
    (a, b) =>
      shell(a) - shell(b) || b.hosts.length - a.hosts.length || (a.profile.name < b.profile.name ? -1 : 1),
  );
}

/** Three; a plain shell is always among them where there is one. */
function offered(agents: readonly ReadyAgent[]): ReadyAgent[] {
  const last = agents.at(-1);
  const first = agents.slice(0, MOST);
  return last?.profile.name === 'bash' && !first.includes(last) ? [...first.slice(0, MOST - 1), last] : first;
}

export function StartCards({ hosts }: { hosts: readonly Host[] }) {
  const agents = offered(readyAgents(hosts));
  const connected = hosts.some(({ state }) => state === 'online');
  return (
    <EmptyState
      icon={<Play aria-hidden="true" />}
      title={t('fleet.noSession')}
      action={
        agents.length === 0 ? (
          <span role="status" className="inline-flex items-center gap-2 text-text-3">
            {!connected && <Spinner />}
            {t(connected ? 'fleet.noAgentReady' : 'fleet.waitForHost')}
          </span>
        ) : (
          <div className="mt-4 flex w-full flex-wrap justify-center gap-3">
            {agents.map((agent) => (
              <StartCard key={agent.profile.name} agent={agent} />
            ))}
          </div>
        )
      }
    >
      {t('fleet.noSessionHint')}
    </EmptyState>
  );
}

function StartCard({ agent: { profile, hosts } }: { agent: ReadyAgent }) {
  const [only] = hosts;
  return (
    <button
      type="button"
      onClick={() =>
        openSpawn({ profile: profile.name, ...(only && hosts.length === 1 ? { hostId: only.id } : {}) })
      }
      className="grid w-[150px] justify-items-center gap-1 rounded-md border border-line-2 bg-surface px-3 py-4 shadow-card transition-colors hover:border-line-input"
    >
      <AgentIcon profile={profile.name} color={profile.color} size={20} className="mb-1" />
      <span className="font-strong">{t('fleet.startAgent', { agent: profile.displayName })}</span>
      <span className="text-12 text-text-3">{tn('fleet.onHosts', hosts.length)}</span>
    </button>
  );
}
