// The parts of a host that the table and the cards share: name, daemon, agents, sessions, load, last seen.
import type { Host, Session } from '@roundhouse/protocol';
import { useQuery } from '@tanstack/react-query';
import { formatPercent } from '../../lib/format.js';
import { t, tn } from '../../lib/i18n/t.js';
import { versionQuery } from '../../lib/query.js';
import { AgentIcon } from '../../ui/agent-icon.js';
import { Badge } from '../../ui/badge.js';
import { Meter } from '../../ui/meter.js';
import { RelativeTime } from '../../ui/relative-time.js';
import { StateGlyph, statusWord } from '../../ui/state-glyph.js';
import { formatBytes, sessionKinds } from './host-facts.js';

/** `Fedora 43 · 16 cores · 64 GB` */
export function MachineLine({ host: { system } }: { host: Host }) {
  if (system === null) return null;
  const parts = [system.os, tn('fleet.cores', system.cores), formatBytes(system.memTotalBytes)];
  return <>{parts.join(' · ')}</>;
}

export function DaemonVersion({ host: { daemonVersion } }: { host: Host }) {
  const { data } = useQuery(versionQuery);
  if (daemonVersion === null) return <span className="text-text-3">—</span>;
  return (
    <span className="inline-flex items-center gap-1.5">
      {daemonVersion}
      {data && data.version !== daemonVersion && (
        <Badge>{t('hosts.updateTo', { version: data.version })}</Badge>
      )}
    </span>
  );
}

export function AgentIcons({ host: { profiles } }: { host: Host }) {
  const ready = profiles.filter(({ available }) => available);
  if (ready.length === 0) return <span className="text-text-3">{t('hosts.noAgents')}</span>;
  return (
    <span className="inline-flex items-center gap-2">
      {ready.map(({ name, displayName }) => (
        <span key={name} title={displayName} className="inline-flex">
          <AgentIcon profile={name} label={displayName} />
        </span>
      ))}
    </span>
  );
}

export function SessionKinds({ host, sessions }: { host: Host; sessions: readonly Session[] }) {
  const kinds = sessionKinds(sessions, host);
  if (kinds.length === 0) return <span className="text-text-3">{t('hosts.noSessions')}</span>;
  return (
    <span className="inline-flex items-center gap-3">
      {kinds.map(([kind, n]) => (
        <span key={kind} title={statusWord(kind)} className="inline-flex items-center gap-1.5">
          <StateGlyph kind={kind} labelled />
          <span className="nums">{n}</span>
        </span>
      ))}
    </span>
  );
}

export function LoadMeter({ share, label }: { share: number | null; label: string }) {
  if (share === null) return <span className="text-text-3">—</span>;
  return (
    <span className="flex items-center gap-2">
      <Meter value={share} label={label} tone={share > 0.95 ? 'danger' : 'neutral'} className="w-10!" />
      <span className="nums w-8 text-right">{formatPercent(share)}</span>
    </span>
  );
}

export function LastSeen({ host: { state, lastSeenAt } }: { host: Host }) {
  if (state === 'online') return <>{t('ui.now')}</>;
  return lastSeenAt === null ? <>{t('hosts.never')}</> : <RelativeTime at={lastSeenAt} />;
}

/** What stands in the way of this host, if anything. */
export function HostBadges({ host }: { host: Host }) {
  return (
    <>
      {host.problem !== null && (
        <span title={host.problem.message}>
          <Badge tone="danger">{t('hosts.refused')}</Badge>
        </span>
      )}
      {host.joinTokenExpiresAt !== null && <Badge>{t('hosts.tokenPending')}</Badge>}
    </>
  );
}
