// The left rail: brand, pages, recent sessions, account. 56 px of icons where the page needs the width.
import { useQuery } from '@tanstack/react-query';
import { Link, useLocation } from '@tanstack/react-router';
import { cx } from 'class-variance-authority';
import { t } from '../../lib/i18n/t.js';
import { sessionsQuery } from '../../lib/query.js';
import { placeRank, sessionStatus } from '../../lib/status.js';
import { Mark } from '../../ui/mark.js';
import { StateGlyph } from '../../ui/state-glyph.js';
import { Account } from './account.js';
import { navigation, type NavEntry } from './navigation.js';

/** Sessions listed under the pages: what needs someone first, then the newest. */
const RECENT = 6;

export function Rail({ collapsed }: { collapsed: boolean }) {
  return (
    <aside
      aria-label={t('shell.sidebar')}
      className={cx(
        'flex min-h-0 shrink-0 flex-col border-r border-line pb-2 max-sm:hidden',
        collapsed ? 'w-14 items-center' : 'w-[220px] px-2',
      )}
    >
      <Link
        to="/"
        aria-label={t('shell.backToFleet')}
        className={cx(
          'flex h-12 items-center gap-[9px] rounded-sm text-14 font-strong tracking-16',
          !collapsed && 'px-2',
        )}
      >
        <Mark />
        {!collapsed && 'Roundhouse'}
      </Link>
      <nav aria-label={t('shell.navigation')} className="mt-1 grid gap-px">
        {navigation.map((entry) => (
          <RailItem key={entry.to} entry={entry} collapsed={collapsed} />
        ))}
      </nav>
      {!collapsed && <RecentSessions />}
      <div className={cx('mt-auto', collapsed ? '' : 'w-full')}>
        <Account place={collapsed ? 'icon' : 'rail'} />
      </div>
    </aside>
  );
}

function RailItem({ entry, collapsed }: { entry: NavEntry; collapsed: boolean }) {
  const Icon = entry.icon;
  const inside = useLocation({
    select: ({ pathname }) => entry.under !== undefined && pathname.startsWith(entry.under),
  });
  return (
    <Link
      to={entry.to}
      activeOptions={{ exact: entry.to === '/', includeSearch: false }}
      data-inside={inside ? '' : undefined}
      aria-label={collapsed ? t(entry.label) : undefined}
      title={collapsed ? t(entry.label) : undefined}
      className={cx(
        'group flex items-center rounded-sm font-medium text-text-2 hover:bg-hover data-[status=active]:bg-raised data-[status=active]:text-text data-inside:bg-raised data-inside:text-text',
        collapsed ? 'size-9 justify-center' : 'h-[30px] gap-2.5 px-2',
      )}
    >
      <Icon
        strokeWidth={1.6}
        className="size-4 text-text-3 group-data-[status=active]:text-text group-data-inside:text-text"
        aria-hidden="true"
      />
      {!collapsed && t(entry.label)}
    </Link>
  );
}

function RecentSessions() {
  const { data } = useQuery(sessionsQuery);
  const recent = (data?.items ?? [])
    .map((session) => ({ session, kind: sessionStatus(session) }))
    .toSorted(
      (a, b) =>
        placeRank(a.kind) - placeRank(b.kind) ||
        Date.parse(b.session.createdAt) - Date.parse(a.session.createdAt),
    )
    .slice(0, RECENT);
  if (recent.length === 0) return null;
  return (
    <nav aria-label={t('shell.recent')} className="min-h-0 overflow-y-auto">
      <h2 className="px-2 pt-5 pb-1 text-12 text-text-3">{t('shell.recent')}</h2>
      {recent.map(({ session, kind }) => (
        <Link
          key={session.id}
          to="/sessions/$id"
          params={{ id: session.id }}
          className="flex h-7 items-center gap-2.5 rounded-sm px-2 text-text-2 hover:bg-hover"
        >
          <span className="flex w-4 shrink-0 justify-center">
            <StateGlyph kind={kind} labelled />
          </span>
          <span className="truncate" title={session.name}>
            {session.name}
          </span>
        </Link>
      ))}
    </nav>
  );
}
