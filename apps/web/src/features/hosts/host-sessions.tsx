// The sessions of one host that have not ended, most urgent first.
import { hasEnded, type Host, type Session } from '@roundhouse/protocol';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { stateWord } from '../../lib/activity-words.js';
import { t, tn } from '../../lib/i18n/t.js';
import { sessionsQuery } from '../../lib/query.js';
import { needRank, sessionStatus } from '../../lib/status.js';
import { AgentIcon } from '../../ui/agent-icon.js';
import { Card } from '../../ui/card.js';
import { StateGlyph } from '../../ui/state-glyph.js';

/** More are in the fleet. */
const SHOWN = 20;

export function HostSessions({ host }: { host: Host }) {
  const { data } = useQuery(sessionsQuery);
  const rank = (session: Session): number => needRank(sessionStatus(session));
  const running = (data?.items ?? [])
    .filter(({ hostId, state }) => hostId === host.id && !hasEnded(state))
    .toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name, 'en', { numeric: true }));
  return (
    <section aria-labelledby="host-sessions">
      <h2 id="host-sessions" className="mb-2 flex min-h-7 items-center gap-2 font-strong">
        {t('hosts.sessions')}
        <span className="nums font-medium text-text-3">{running.length}</span>
      </h2>
      {running.length === 0 ? (
        <p className="text-12 text-text-3">{t('hosts.noSessionRuns')}</p>
      ) : (
        <Card className="overflow-hidden">
          <ul>
            {running.slice(0, SHOWN).map((session) => (
              <Row key={session.id} host={host} session={session} />
            ))}
          </ul>
        </Card>
      )}
      {running.length > SHOWN && (
        <p className="mt-2 text-12 text-text-3">
          <Link to="/" className="rounded-xs hover:text-text hover:underline">
            {tn('hosts.moreSessions', running.length - SHOWN)}
          </Link>
        </p>
      )}
    </section>
  );
}

function Row({ host, session }: { host: Host; session: Session }) {
  const profile = host.profiles.find(({ name }) => name === session.profile);
  return (
    <li className="relative flex min-h-10 min-w-0 items-center gap-2.5 border-b border-line px-3 text-text-2 last:border-b-0 hover:bg-hover has-[a:focus-visible]:bg-hover">
      <StateGlyph kind={sessionStatus(session)} />
      <AgentIcon profile={session.profile} label={profile?.displayName ?? session.profile} />
      <Link
        to="/sessions/$id"
        params={{ id: session.id }}
        className="min-w-0 truncate font-medium text-text after:absolute after:inset-0 focus-visible:outline-offset-[-2px]"
      >
        {session.name}
      </Link>
      <span className="mono min-w-0 truncate text-12 text-text-3 max-sm:hidden">{session.projectName}</span>
      <span className="ml-auto shrink-0 text-12">{stateWord(session)}</span>
    </li>
  );
}
