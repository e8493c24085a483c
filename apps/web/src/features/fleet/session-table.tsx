// All sessions of the fleet in one table, sorted by need across hosts. Columns go as the window narrows.
import type { Host, Session } from '@roundhouse/protocol';
import { Link } from '@tanstack/react-router';
import { cx } from 'class-variance-authority';
import { t, type PlainKey } from '../../lib/i18n/t.js';
import { sessionStatus } from '../../lib/status.js';
import { useNow } from '../../lib/ticker.js';
import { AgentIcon } from '../../ui/agent-icon.js';
import { Card } from '../../ui/card.js';
import { contextTone, Meter } from '../../ui/meter.js';
import { Money } from '../../ui/money.js';
import { StateGlyph } from '../../ui/state-glyph.js';
import { TokenCount } from '../../ui/token-count.js';
import { formatPercent } from '../../lib/format.js';
import { tokenSum } from './fleet-order.js';
import { SessionMenu } from './session-actions.js';
import { ProjectRef } from './session-ref.js';
import { SessionState } from './session-state.js';
import { hasUsage, nowLine } from './session-text.js';

interface Column {
  readonly key: string;
  readonly label: PlainKey | null;
  /** Width, side, and from which window width on. */
  readonly className: string;
}

const columns: readonly Column[] = [
  { key: 'glyph', label: null, className: 'w-9 pl-4' },
  { key: 'session', label: 'fleet.col.session', className: 'w-[158px] max-[1400px]:w-auto' },
  { key: 'state', label: 'fleet.col.state', className: 'w-[164px] max-sm:w-[116px]' },
  { key: 'agent', label: null, className: 'w-8 max-md:hidden' },
  { key: 'host', label: 'fleet.col.host', className: 'w-[104px] max-md:hidden' },
  { key: 'project', label: 'fleet.col.project', className: 'w-[19%] max-lg:hidden' },
  { key: 'now', label: 'fleet.col.now', className: 'max-[1400px]:hidden' },
  { key: 'context', label: 'fleet.col.context', className: 'w-[116px] max-[1280px]:hidden' },
  { key: 'tokens', label: 'fleet.col.tokens', className: 'w-16 text-right max-md:hidden' },
  { key: 'cost', label: 'fleet.col.cost', className: 'w-[72px] text-right max-md:hidden' },
  { key: 'menu', label: null, className: 'w-11 pr-3' },
];
const look = Object.fromEntries(columns.map(({ key, className }) => [key, className]));
const cell = (key: string, more = ''): string => cx('h-[34px] overflow-hidden px-2', look[key], more);

export interface SessionTableProps {
  sessions: readonly Session[];
  hosts: ReadonlyMap<string, Host>;
}

export function SessionTable({ sessions, hosts }: SessionTableProps) {
  return (
    <Card className="relative overflow-hidden">
      <table className="w-full table-fixed border-separate border-spacing-0">
        <thead>
          <tr>
            {columns.map(({ key, label, className }) => (
              <th
                key={key}
                scope="col"
                className={cx(
                  'h-8 border-b border-line-2 px-2 text-left text-12 font-medium whitespace-nowrap text-text-3',
                  className,
                )}
              >
                {label === null ? <span className="sr-only">{spoken(key)}</span> : t(label)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="[&>tr:last-child>td]:border-b-0 [&>tr>td]:border-b [&>tr>td]:border-line">
          {sessions.map((session) => (
            <Row key={session.id} session={session} host={hosts.get(session.hostId)} />
          ))}
        </tbody>
      </table>
    </Card>
  );
}

const spoken = (key: string): string =>
  key === 'menu' ? t('fleet.col.actions') : key === 'agent' ? t('fleet.col.agent') : t('fleet.col.state');

function Row({ session, host }: { session: Session; host: Host | undefined }) {
  const now = useNow(15_000);
  const kind = sessionStatus(session);
  const off = session.state === 'unknown';
  const line = nowLine(session, host, now);
  const usage = hasUsage(session);
  const profile = host?.profiles.find(({ name }) => name === session.profile);
  return (
    <tr
      className={cx(
        'group relative hover:bg-hover has-[a:focus-visible]:bg-hover',
        off ? 'text-text-3' : 'text-text-2',
      )}
    >
      <td className={cell('glyph')}>
        <StateGlyph kind={kind} />
      </td>
      <td className={cell('session')}>
        <Link
          to="/sessions/$id"
          params={{ id: session.id }}
          className={cx(
            'block truncate font-medium after:absolute after:inset-0 focus-visible:outline-offset-[-2px]',
            !off && 'text-text',
          )}
        >
          {session.name}
        </Link>
      </td>
      <td className={cell('state')}>
        <SessionState session={session} />
      </td>
      <td className={cell('agent')}>
        <AgentIcon profile={session.profile} label={profile?.displayName ?? session.profile} />
      </td>
      <td className={cell('host', 'truncate')}>{host?.name ?? '—'}</td>
      <td className={cell('project', 'text-12')}>
        <ProjectRef session={session} />
      </td>
      <td className={cell('now', 'truncate text-12')} title={line}>
        {line}
      </td>
      <td className={cell('context')}>{usage && <ContextCell session={session} />}</td>
      <td className={cell('tokens')}>{usage && <TokenCount value={tokenSum(session)} />}</td>
      <td className={cell('cost', 'font-medium text-text')}>
        {usage && <Money nanos={session.costNanos} source={session.costSource} />}
      </td>
      <td className={cell('menu')}>
        <SessionMenu session={session} className="relative z-10" />
      </td>
    </tr>
  );
}

function ContextCell({ session: { context } }: { session: Session }) {
  if (context?.window == null) return <span className="text-text-3">—</span>;
  const share = context.used / context.window;
  return (
    <span className="flex items-center gap-2">
      <Meter value={share} label={t('fleet.col.context')} tone={contextTone(share)} />
      <span className="nums text-12 text-text-3">{formatPercent(share)}</span>
    </span>
  );
}
