// Sessions that wait for a person, the oldest first; on a phone one line that says how many.
import type { Host, Session } from '@roundhouse/protocol';
import { Link } from '@tanstack/react-router';
import { Check } from 'lucide-react';
import { activityLine, stateWord } from '../../lib/activity-words.js';
import { t } from '../../lib/i18n/t.js';
import { Card } from '../../ui/card.js';
import { Elapsed } from '../../ui/relative-time.js';
import { StateGlyph } from '../../ui/state-glyph.js';
import { byNeed } from './fleet-order.js';
import { AgentName } from './session-card.js';
import { isWaiting, stateSince } from './session-text.js';

/** Rows shown; more are reached by the filter "Waiting". */
const SHOWN = 4;

export interface NeedsYouProps {
  sessions: readonly Session[];
  hosts: ReadonlyMap<string, Host>;
  onShowAll: () => void;
}

export function NeedsYou({ sessions, hosts, onShowAll }: NeedsYouProps) {
  const waiting = sessions.filter(isWaiting).toSorted(byNeed);
  if (waiting.length === 0)
    return (
      <div className="ml-2 flex items-center gap-3 border-l border-line py-3 pr-4 pl-6">
        <Check className="size-4 text-ok" aria-hidden="true" />
        <div>
          <h2 className="font-medium">{t('fleet.calm')}</h2>
          <p className="text-12 text-text-3">{t('fleet.calmHint')}</p>
        </div>
      </div>
    );
  return (
    <Card
      tone="waiting"
      role="region"
      aria-label={t('fleet.needsYou')}
      className="overflow-hidden bg-[linear-gradient(90deg,var(--waiting-soft),transparent_62%)]"
    >
      <div className="flex h-9 items-center gap-2 px-3">
        <h2 className="font-strong">{t('fleet.needsYou')}</h2>
        <span className="text-text-3">{waiting.length}</span>
        {waiting.length > SHOWN && (
          <button
            type="button"
            onClick={onShowAll}
            className="touch-target ml-auto rounded-xs text-12 text-text-3 hover:text-text"
          >
            {t('fleet.endedMore', { n: waiting.length })}
          </button>
        )}
      </div>
      <ul>
        {waiting.slice(0, SHOWN).map((session) => (
          <Need key={session.id} session={session} host={hosts.get(session.hostId)} />
        ))}
      </ul>
    </Card>
  );
}

function Need({ session, host }: { session: Session; host: Host | undefined }) {
  const since = stateSince(session);
  return (
    <li className="relative flex h-10 items-center gap-3 border-t border-line px-3 max-sm:h-12 hover:bg-hover has-[a:focus-visible]:bg-hover pointer-coarse:h-12">
      <StateGlyph kind="waiting" />
      <div className="min-w-0 flex-1 sm:contents">
        <Link
          to="/sessions/$id"
          params={{ id: session.id }}
          className="block truncate font-strong after:absolute after:inset-0 focus-visible:outline-offset-[-2px] sm:w-32 sm:shrink-0"
        >
          {session.name}
        </Link>
        <span className="w-20 text-12 max-xl:hidden">
          <AgentName session={session} host={host} />
        </span>
        <span className="w-20 truncate text-12 text-text-3 max-xl:hidden">{host?.name}</span>
        <span className="shrink-0 truncate text-12 text-text-2 max-md:hidden">{stateWord(session)}</span>
        <span
          className="mono block min-w-0 truncate max-sm:text-12 max-sm:text-text-2 sm:flex-1"
          title={session.activity?.why}
        >
          {activityLine(session.activity)}
        </span>
      </div>
      {since !== null && (
        <span className="nums ml-auto min-w-14 text-right text-12 font-medium text-waiting">
          <Elapsed from={since} />
        </span>
      )}
    </li>
  );
}
