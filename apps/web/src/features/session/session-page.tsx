// The page of one session: header, terminal, side panel. Also the whole of a pop-out window.
import { hasEnded, type Host, type Permission, type Session, type SessionId } from '@roundhouse/protocol';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useState, type ReactNode } from 'react';
import { t } from '../../lib/i18n/t.js';
import { hostQuery, meQuery, sessionQuery } from '../../lib/query.js';
import { sessionStatus } from '../../lib/status.js';
import { ErrorState } from '../../ui/error-state.js';
import { Page } from '../../ui/page.js';
import { Skeleton, SkeletonGroup } from '../../ui/skeleton.js';
import { statusWord } from '../../ui/state-glyph.js';
import type { AgentWords } from '../terminal/use-agent-signals.js';
import { TerminalPanel } from '../terminal/terminal-panel.js';
import { useMedia } from '../terminal/use-media.js';
import { usePanelOpen } from './panel-state.js';
import { windowName, windowTitle } from './pop-out.js';
import { SessionActions } from './session-actions.js';
import { SessionBar } from './session-bar.js';
import { isCovered } from './session-words.js';
import { SessionMeta, SessionTitle } from './session-heading.js';
import { SessionNotices } from './session-notices.js';
import type { SessionTab } from './session-search.js';
import { SidePanel } from './side-panel.js';
import { openPopOut } from './use-session-actions.js';

// A session that runs needs neither.
const SessionCover = lazy(async () => ({ default: (await import('./session-cover.js')).SessionCover }));
const SessionEnd = lazy(async () => ({ default: (await import('./session-end.js')).SessionEnd }));
const EndActions = lazy(async () => ({ default: (await import('./session-end.js')).EndActions }));
const SessionTelemetry = lazy(async () => ({
  default: (await import('./telemetry/session-telemetry.js')).SessionTelemetry,
}));
const SideSheet = lazy(async () => ({ default: (await import('./side-sheet.js')).SideSheet }));

export interface SessionPageProps {
  id: SessionId;
  /** In a window of its own, without the shell. */
  popped?: boolean;
  tab?: SessionTab;
  onTab?: (tab: SessionTab) => void;
}

/** Below this width the side panel lies over the terminal instead of beside it. */
const roomForPanel = '(min-width: 1100px)';

const stay = (): void => undefined;

export function SessionPage({ id, popped = false, tab = 'terminal', onTab = stay }: SessionPageProps) {
  const { data: session, error, isFetching, refetch } = useQuery(sessionQuery(id));
  if (session) return <Loaded key={session.id} session={session} popped={popped} tab={tab} onTab={onTab} />;
  return (
    <Page title={t('shell.session')} crumbs={[{ label: t('shell.fleet'), to: '/' }]} flush>
      {error ? (
        <ErrorState error={error} busy={isFetching} onRetry={() => void refetch()} />
      ) : (
        <SkeletonGroup className="flex min-h-0 flex-1 flex-col gap-2 bg-term-bg px-5 pt-14">
          <Skeleton className="h-4 w-72" />
          <Skeleton className="h-4 w-96 max-w-full" />
          <Skeleton className="h-4 w-60" />
        </SkeletonGroup>
      )}
    </Page>
  );
}

const noWords: AgentWords = { rang: false, title: null };

interface Parts {
  session: Session;
  host: Host | undefined;
  may: (permission: Permission) => boolean;
  popped: boolean;
}

interface LoadedProps {
  session: Session;
  popped: boolean;
  tab: SessionTab;
  onTab: (tab: SessionTab) => void;
}

function Loaded({ session, popped, tab, onTab }: LoadedProps) {
  const { data: host } = useQuery(hostQuery(session.hostId));
  const { data: auth } = useQuery(meQuery);
  const wide = useMedia(roomForPanel) && !popped;
  const [panel, setPanel] = usePanelOpen();
  const [sheet, setSheet] = useState(false);
  // The sheet's own link leads here.
  if (sheet && tab === 'telemetry') setSheet(false);
  const togglePanel = (): void => (wide ? setPanel(!panel) : setSheet(true));
  const may = (permission: Permission): boolean =>
    auth?.kind === 'in' && auth.me.permissions.includes(permission);
  const [words, setWords] = useState<AgentWords>(noWords);
  const parts = { session, host, may, popped };
  const heading = <SessionTitle session={session} host={host} mayEdit={may('session.edit')} />;
  const meta = <SessionMeta session={session} host={host} agentTitle={words.title} />;
  const plainTitle = popped ? windowTitle(session, host, words.title) : session.name;
  const title = words.rang ? t('terminal.bellTitle', { title: plainTitle }) : plainTitle;
  const actions = <SessionActions session={session} may={may} onPanel={togglePanel} popped={popped} />;
  return (
    <Page
      title={title}
      heading={heading}
      crumbs={[{ label: t('shell.fleet'), to: '/' }]}
      meta={meta}
      actions={actions}
      flush
    >
      {popped ? (
        <PoppedHead session={session} title={title}>
          {heading}
          {meta}
          <span className="ml-auto flex items-center gap-2">{actions}</span>
        </PoppedHead>
      ) : (
        <SessionBar session={session} tab={tab} onTab={onTab} panel={wide && panel} onPanel={togglePanel} />
      )}
      <p role="status" className="sr-only">
        {t('session.stateAnnounced', { name: session.name, state: statusWord(sessionStatus(session)) })}
      </p>
      <SessionNotices session={session} may={may} />
      <div className="flex min-h-0 min-w-0 flex-1">
        {tab === 'telemetry' ? (
          <Suspense fallback={<div className="flex-1" />}>
            <SessionTelemetry session={session} />
          </Suspense>
        ) : (
          <SessionTerminal {...parts} onWords={setWords} />
        )}
        {wide && panel && <SidePanel session={session} host={host} may={may} />}
      </div>
      <Suspense>
        {sheet && !wide && <SideSheet open onOpenChange={setSheet} session={session} host={host} may={may} />}
      </Suspense>
    </Page>
  );
}

function SessionTerminal({
  session,
  host,
  may,
  popped,
  onWords,
}: Parts & { onWords: (words: AgentWords) => void }) {
  const covered = isCovered(session);
  const end = { session, may, popped };
  const cover = (
    <Suspense>
      <SessionCover session={session} host={host} actions={<EndActions {...end} />} />
    </Suspense>
  );
  const foot = (
    <Suspense fallback={<div className="h-14 shrink-0 border-t border-line-2 bg-surface" />}>
      <SessionEnd {...end} />
    </Suspense>
  );
  return (
    <TerminalPanel
      session={session}
      onWords={onWords}
      {...(popped ? {} : { onPopOut: () => openPopOut(session) })}
      {...(covered ? { cover } : {})}
      foot={hasEnded(session.state) && !covered ? foot : undefined}
    />
  );
}

/** The header of a window of its own, which also takes the session's name for itself. */
function PoppedHead({ session, title, children }: { session: Session; title: string; children: ReactNode }) {
  useEffect(() => {
    window.name = windowName(session);
    document.title = title;
  }, [session, title]);
  return (
    <header className="flex h-12 shrink-0 items-center gap-3 border-b border-line px-4 text-14 font-strong tracking-14 max-sm:h-13">
      {children}
    </header>
  );
}
