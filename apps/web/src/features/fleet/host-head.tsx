// The line above a host's sessions: state, machine, load, sums, and the menu that the page brings along.
import type { Host, Session } from '@roundhouse/protocol';
import { Plus } from 'lucide-react';
import type { ReactNode } from 'react';
import { formatPercent, formatTokens } from '../../lib/format.js';
import { t, tn } from '../../lib/i18n/t.js';
import { openSpawn } from '../../lib/spawn-intent.js';
import { IconButton } from '../../ui/icon-button.js';
import { Meter } from '../../ui/meter.js';
import { Money } from '../../ui/money.js';
import { RelativeTime } from '../../ui/relative-time.js';
import { StateGlyph, statusWord } from '../../ui/state-glyph.js';
import { sumCost } from './fleet-order.js';
import { HostStrip } from './host-strip.js';

export interface HostHeadProps {
  host: Host;
  /** All loaded sessions of the host, for the sums. */
  sessions: readonly Session[];
  /** How many of them have not ended. */
  current: number;
  menu: ReactNode;
}

export function HostHead({ host, sessions, current, menu }: HostHeadProps) {
  const { nanos, source, tokens } = sumCost(sessions);
  const { system } = host;
  return (
    <div className="mb-2 flex min-h-7 min-w-0 items-center gap-2 text-12 text-text-3">
      <StateGlyph kind={host.state} />
      <h2
        className={
          host.state === 'online'
            ? 'truncate text-14 font-strong tracking-14 text-text'
            : 'truncate text-14 font-strong tracking-14 text-text-2'
        }
      >
        {host.name}
      </h2>
      <HostFacts host={host} />
      {host.state === 'online' && system !== null && (
        <span className="ml-3 flex shrink-0 gap-4 max-md:hidden">
          <Load
            word={t('fleet.cpu')}
            label={t('fleet.cpuUsed', { host: host.name })}
            share={system.cpuPercent === null ? null : system.cpuPercent / 100}
          />
          <Load
            word={t('fleet.mem')}
            label={t('fleet.memUsed', { host: host.name })}
            share={system.memTotalBytes > 0 ? system.memUsedBytes / system.memTotalBytes : null}
          />
        </span>
      )}
      <span className="ml-auto flex shrink-0 items-center gap-2">
        <HostStrip host={host} />
        <span className="nums max-sm:hidden">{tn('fleet.sessions', current)}</span>
        {source !== 'none' && (
          <>
            <TokenSum tokens={tokens} />
            <Money nanos={nanos} source={source} className="font-medium text-text-2" />
          </>
        )}
        {host.state === 'online' && (
          <IconButton size="sm" label={t('fleet.spawnHere')} onClick={() => openSpawn({ hostId: host.id })}>
            <Plus aria-hidden="true" />
          </IconButton>
        )}
        {menu}
      </span>
    </div>
  );
}

const TokenSum = ({ tokens }: { tokens: number }) => (
  <span className="nums min-w-10 text-right max-sm:hidden">{formatTokens(tokens)}</span>
);

/** Gives way before the host's name does. */
function HostFacts({ host }: { host: Host }) {
  if (host.state === 'pending')
    return (
      <span className="min-w-0 shrink-[1000] truncate">
        {statusWord('pending')} · {t('fleet.neverSeen')}
      </span>
    );
  if (host.state !== 'online')
    return (
      <span className="min-w-0 shrink-[1000] truncate">
        {statusWord(host.state)}
        {host.lastSeenAt !== null && (
          <>
            {' · '}
            {t('fleet.lastSeen')} <RelativeTime at={host.lastSeenAt} />
          </>
        )}
      </span>
    );
  const { system } = host;
  return (
    <span className="min-w-0 shrink-[1000] truncate max-sm:hidden">
      <span className="sr-only">{statusWord('online')} · </span>
      {system !== null && `${system.os} · ${tn('fleet.cores', system.cores)}`}
    </span>
  );
}

function Load({ word, label, share }: { word: string; label: string; share: number | null }) {
  return (
    <span className="flex items-center gap-1.5">
      {word}
      <Meter value={share ?? 0} label={label} tone={(share ?? 0) > 0.95 ? 'danger' : 'neutral'} />
      <span className="nums w-8 text-right">{share === null ? '—' : formatPercent(share)}</span>
    </span>
  );
}
