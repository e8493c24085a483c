// A host with its sessions: what needs someone first, the ended ones folded away below.
import type { Session } from '@roundhouse/protocol';
import { ChevronRight, Info, TriangleAlert } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { t, tn } from '../../lib/i18n/t.js';
import { loadMoreEnded } from '../../lib/query.js';
import { Button } from '../../ui/button.js';
import { toast } from '../../ui/toast.js';
import type { HostGroup } from './fleet-order.js';
import { HostHead } from './host-head.js';
import { SessionCard } from './session-card.js';

/** Ended sessions shown when the group is opened. */
const PAST_SHOWN = 6;

export interface HostSectionProps {
  group: HostGroup;
  /** All loaded sessions of the host. */
  sessions: readonly Session[];
  /** Open because the filter asks for ended sessions. */
  openPast: boolean;
  /** Cards show the last lines of their screens. */
  live: boolean;
  moreEnded: boolean;
  menu: ReactNode;
}

/** Cards with lines of a screen are wider, where there is room. */
export const cardGrid = (live: boolean): string =>
  live
    ? 'grid grid-cols-[repeat(auto-fill,minmax(min(100%,352px),1fr))] gap-3'
    : 'grid grid-cols-[repeat(auto-fill,minmax(min(100%,316px),1fr))] gap-3';

export function HostSection({ group, sessions, openPast, live, moreEnded, menu }: HostSectionProps) {
  const { host, current, past } = group;
  const away = host.state === 'offline' || host.state === 'unreachable';
  return (
    <section aria-label={host.name} className="mb-6">
      <HostHead host={host} sessions={sessions} current={current.length} menu={menu} />
      {host.problem !== null && (
        <Line icon={<TriangleAlert className="text-danger" aria-hidden="true" />}>
          {host.problem.message}
        </Line>
      )}
      {away && current.length > 0 && <Line icon={<Info aria-hidden="true" />}>{t('fleet.hostUnknown')}</Line>}
      {current.length > 0 ? (
        <div className={cardGrid(live)}>
          {current.map((session) => (
            <SessionCard key={session.id} session={session} host={host} live={live} />
          ))}
        </div>
      ) : (
        past.length === 0 &&
        host.state === 'online' && (
          <div className="rounded-md border border-dashed border-line-2 px-4 py-3 text-12 text-text-3">
            {t('fleet.hostEmpty')}
          </div>
        )
      )}
      {past.length > 0 && <Past group={group} open={openPast} live={live} more={moreEnded} />}
    </section>
  );
}

function Line({ icon, children }: { icon: ReactNode; children: ReactNode }) {
  return (
    <p className="mb-2 flex items-start gap-1.5 text-12 text-text-2 [&>svg]:mt-[3px] [&>svg]:size-3">
      {icon}
      <span>{children}</span>
    </p>
  );
}

interface PastProps {
  group: HostGroup;
  open: boolean;
  live: boolean;
  more: boolean;
}

function Past({ group: { host, past }, open, live, more }: PastProps) {
  const [toggled, setToggled] = useState<boolean | null>(null);
  const [all, setAll] = useState(false);
  const [busy, setBusy] = useState(false);
  const shown = toggled ?? open;
  const list = all ? past : past.slice(0, PAST_SHOWN);
  const older = async (): Promise<void> => {
    setBusy(true);
    setAll(true);
    await loadMoreEnded().catch((error: unknown) => toast.error(error));
    setBusy(false);
  };
  return (
    <div className="mt-2">
      <button
        type="button"
        aria-expanded={shown}
        onClick={() => setToggled(!shown)}
        className="touch-target flex h-7 items-center gap-1 rounded-sm pr-2 text-12 font-medium text-text-3 hover:text-text-2"
      >
        <ChevronRight
          className={shown ? 'size-3.5 rotate-90 transition-transform' : 'size-3.5 transition-transform'}
          aria-hidden="true"
        />
        {tn('fleet.endedCount', past.length)}
      </button>
      {shown && (
        <>
          <div className={`${cardGrid(live)} mt-1`}>
            {list.map((session) => (
              <SessionCard key={session.id} session={session} host={host} live={live} />
            ))}
          </div>
          <div className="mt-2 flex gap-2 empty:hidden">
            {list.length < past.length && (
              <Button size="sm" variant="ghost" onClick={() => setAll(true)}>
                {t('fleet.endedMore', { n: past.length })}
              </Button>
            )}
            {list.length === past.length && more && (
              <Button size="sm" variant="ghost" busy={busy} onClick={() => void older()}>
                {t('fleet.endedOlder')}
              </Button>
            )}
          </div>
        </>
      )}
    </div>
  );
}
