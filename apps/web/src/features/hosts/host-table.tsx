// The table of hosts; a row leads to the host's page. In a narrow window each host is a card.
import type { Host, Session } from '@roundhouse/protocol';
import { Link } from '@tanstack/react-router';
import { cx } from 'class-variance-authority';
import { t, type PlainKey } from '../../lib/i18n/t.js';
import { Card } from '../../ui/card.js';
import { Status } from '../../ui/state-glyph.js';
import {
  AgentIcons,
  DaemonVersion,
  HostBadges,
  LastSeen,
  LoadMeter,
  MachineLine,
  SessionKinds,
} from './host-cells.js';
import { loadOf } from './host-facts.js';
import { HostMenu } from './host-menu.js';

interface Column {
  readonly key: string;
  readonly label: PlainKey;
  readonly className: string;
}

const columns: readonly Column[] = [
  { key: 'state', label: 'hosts.col.state', className: 'pl-4' },
  { key: 'host', label: 'hosts.col.host', className: 'w-full' },
  { key: 'daemon', label: 'hosts.col.daemon', className: '' },
  { key: 'agents', label: 'hosts.col.agents', className: '' },
  { key: 'projects', label: 'hosts.col.projects', className: 'text-right max-[1430px]:hidden' },
  { key: 'sessions', label: 'hosts.col.sessions', className: '' },
  { key: 'cpu', label: 'hosts.col.cpu', className: '' },
  { key: 'memory', label: 'hosts.col.memory', className: '' },
  { key: 'disk', label: 'hosts.col.disk', className: 'max-[1430px]:hidden' },
  { key: 'seen', label: 'hosts.col.seen', className: '' },
  { key: 'menu', label: 'hosts.col.actions', className: 'pr-3' },
];
const look = Object.fromEntries(columns.map(({ key, className }) => [key, className]));
const cell = (key: string): string => cx('h-14 px-2.5 whitespace-nowrap', look[key]);

export interface HostTableProps {
  hosts: readonly Host[];
  sessions: readonly Session[];
}

export function HostTable({ hosts, sessions }: HostTableProps) {
  return (
    <>
      <Card className="relative scroll-thin overflow-x-auto max-lg:hidden">
        <table className="w-full border-separate border-spacing-0">
          <thead>
            <tr>
              {columns.map(({ key, label, className }) => (
                <th
                  key={key}
                  scope="col"
                  className={cx(
                    'h-8 border-b border-line-2 px-2.5 text-left text-12 font-medium whitespace-nowrap text-text-3',
                    className,
                  )}
                >
                  {key === 'menu' ? <span className="sr-only">{t(label)}</span> : t(label)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="[&>tr:last-child>td]:border-b-0 [&>tr>td]:border-b [&>tr>td]:border-line">
            {hosts.map((host) => (
              <Row key={host.id} host={host} sessions={sessions} />
            ))}
          </tbody>
        </table>
      </Card>
      <div className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,300px),1fr))] gap-3 lg:hidden">
        {hosts.map((host) => (
          <PhoneCard key={host.id} host={host} sessions={sessions} />
        ))}
      </div>
    </>
  );
}

function HostLink({ host }: { host: Host }) {
  return (
    <Link
      to="/hosts/$id"
      params={{ id: host.id }}
      className="font-medium text-text after:absolute after:inset-0 focus-visible:outline-offset-[-2px]"
    >
      {host.name}
    </Link>
  );
}

function Row({ host, sessions }: { host: Host; sessions: readonly Session[] }) {
  const { cpu, memory, disk } = loadOf(host);
  const used = (what: PlainKey): string => t('hosts.used', { what: t(what), host: host.name });
  const off = host.state !== 'online';
  return (
    <tr
      className={cx(
        'relative hover:bg-hover has-[a:focus-visible]:bg-hover',
        off ? 'text-text-3' : 'text-text-2',
      )}
    >
      <td className={cell('state')}>
        <Status kind={host.state} colour="needs" />
      </td>
      <td className={cell('host')}>
        <div className="flex items-center gap-2">
          <HostLink host={host} />
          <HostBadges host={host} />
        </div>
        <div className="text-12 text-text-3">
          <MachineLine host={host} />
        </div>
      </td>
      <td className={cell('daemon')}>
        <DaemonVersion host={host} />
      </td>
      <td className={cell('agents')}>
        <AgentIcons host={host} />
      </td>
      <td className={cx(cell('projects'), 'nums')}>{host.projects.length}</td>
      <td className={cell('sessions')}>
        <SessionKinds host={host} sessions={sessions} />
      </td>
      <td className={cell('cpu')}>
        <LoadMeter share={cpu} label={used('hosts.col.cpu')} />
      </td>
      <td className={cell('memory')}>
        <LoadMeter share={memory} label={used('hosts.col.memory')} />
      </td>
      <td className={cell('disk')}>
        <LoadMeter share={disk} label={used('hosts.col.disk')} />
      </td>
      <td className={cell('seen')}>
        <LastSeen host={host} />
      </td>
      <td className={cell('menu')}>
        <HostMenu host={host} />
      </td>
    </tr>
  );
}

function PhoneCard({ host, sessions }: { host: Host; sessions: readonly Session[] }) {
  const { cpu, memory } = loadOf(host);
  const used = (what: PlainKey): string => t('hosts.used', { what: t(what), host: host.name });
  return (
    <Card ghost={host.state === 'offline'} className="relative grid gap-2 p-3 text-text-2">
      <div className="flex items-center gap-2">
        <HostLink host={host} />
        <HostBadges host={host} />
        <span className="ml-auto" />
        <Status kind={host.state} colour="needs" />
        <HostMenu host={host} />
      </div>
      <div className="text-12 text-text-3">
        {host.state === 'online' ? (
          <MachineLine host={host} />
        ) : (
          <>
            {t('hosts.lastSeen')} <LastSeen host={host} />
          </>
        )}
      </div>
      <div className="flex items-center justify-between gap-3 text-12">
        <SessionKinds host={host} sessions={sessions} />
        <AgentIcons host={host} />
      </div>
      {cpu !== null && (
        <div className="flex gap-4 text-12 text-text-3">
          {t('hosts.col.cpu')}
          <LoadMeter share={cpu} label={used('hosts.col.cpu')} />
          {t('hosts.col.memory')}
          <LoadMeter share={memory} label={used('hosts.col.memory')} />
        </div>
      )}
    </Card>
  );
}
