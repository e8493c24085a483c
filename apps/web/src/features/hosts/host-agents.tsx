// The agents of a host: those that are ready first, the others with their reasons when one asks.
import type { Host } from '@roundhouse/protocol';
import { ChevronRight } from 'lucide-react';
import { t, tn } from '../../lib/i18n/t.js';
import { AgentIcon } from '../../ui/agent-icon.js';

type Profile = Host['profiles'][number];

export function HostAgents({ host: { profiles } }: { host: Host }) {
  const ready = profiles.filter(({ available }) => available);
  const missing = profiles.filter(({ available }) => !available);
  if (profiles.length === 0) return <p className="text-12 text-text-3">{t('hosts.unknown')}</p>;
  return (
    <>
      <ul>{ready.map(line)}</ul>
      {missing.length > 0 && (
        // Where nothing is ready, the reasons are what one came for.
        <details className="group" open={ready.length === 0}>
          <summary className="flex min-h-8 cursor-pointer list-none items-center gap-1 rounded-xs text-12 text-text-3 hover:text-text-2 pointer-coarse:min-h-11">
            <ChevronRight aria-hidden="true" className="size-3.5 transition-transform group-open:rotate-90" />
            {tn('hosts.agentsMissing', missing.length)}
          </summary>
          <ul>{missing.map(line)}</ul>
        </details>
      )}
    </>
  );
}

const line = ({ name, displayName, color, available, reason, version }: Profile) => (
  <li
    key={name}
    className="flex min-h-8 min-w-0 items-start gap-2 border-b border-line py-1.5 last:border-b-0"
  >
    <AgentIcon profile={name} {...(available ? { color } : {})} className="mt-[3px]" />
    <span className={available ? 'font-medium' : 'text-text-3'}>{displayName}</span>
    <span className="ml-auto min-w-0 text-right text-12 break-words text-text-3">
      {available ? (version ?? t('hosts.agentReady')) : reason}
    </span>
  </li>
);
