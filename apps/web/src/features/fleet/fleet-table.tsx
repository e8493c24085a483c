// The fleet as one table over all hosts, the ended sessions folded below.
import type { Host, Session } from '@roundhouse/protocol';
import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { t, tn } from '../../lib/i18n/t.js';
import { loadMoreEnded } from '../../lib/query.js';
import { Button } from '../../ui/button.js';
import { toast } from '../../ui/toast.js';
import { byNeed, type HostGroup } from './fleet-order.js';
import type { FleetFilter } from './fleet-search.js';
import { SessionTable } from './session-table.js';

export interface FleetTableProps {
  groups: readonly HostGroup[];
  hosts: ReadonlyMap<string, Host>;
  filter: FleetFilter;
  moreEnded: boolean;
  held: readonly string[] | null;
}

export function FleetTable({ groups, hosts, filter, moreEnded, held }: FleetTableProps) {
  const [open, setOpen] = useState(false);
  const current = inOrder(
    groups.flatMap((group) => group.current),
    held,
  );
  const past = groups
    .flatMap((group) => group.past)
    .toSorted((a, b) => Date.parse(b.endedAt ?? b.createdAt) - Date.parse(a.endedAt ?? a.createdAt));
  const shown = open || filter === 'ended';
  return (
    <div className="grid gap-2">
      {current.length > 0 && <SessionTable sessions={current} hosts={hosts} />}
      {past.length > 0 && filter !== 'ended' && (
        <button
          type="button"
          aria-expanded={shown}
          onClick={() => setOpen(!open)}
          className="touch-target flex h-7 items-center gap-1 justify-self-start rounded-sm pr-2 text-12 font-medium text-text-3 hover:text-text-2"
        >
          <ChevronRight className={shown ? 'size-3.5 rotate-90' : 'size-3.5'} aria-hidden="true" />
          {tn('fleet.endedCount', past.length)}
        </button>
      )}
      {past.length > 0 && shown && <SessionTable sessions={past} hosts={hosts} />}
      {shown && moreEnded && (
        <Button
          size="sm"
          variant="ghost"
          className="justify-self-start"
          onClick={() => void loadMoreEnded().catch((error: unknown) => toast.error(error))}
        >
          {t('fleet.endedOlder')}
        </Button>
      )}
    </div>
  );
}

/** By need across hosts, or as held. */
function inOrder(sessions: readonly Session[], held: readonly string[] | null): Session[] {
  const place = new Map((held ?? []).map((id, i) => [id, i]));
  const rank = ({ id }: Session): number => place.get(id) ?? place.size;
  return sessions.toSorted((a, b) => rank(a) - rank(b) || byNeed(a, b));
}
