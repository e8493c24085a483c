// The facts of one host: state, machine, clock, agents, telemetry, project folders and projects.
import type { Host } from '@roundhouse/protocol';
import { RefreshCw, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { formatDuration, formatTime } from '../../lib/format.js';
import { t, tn } from '../../lib/i18n/t.js';
import { Button } from '../../ui/button.js';
import { HelpLink } from '../../ui/help-link.js';
import { RelativeTime } from '../../ui/relative-time.js';
import { HostAgents } from './host-agents.js';
import { DaemonVersion, LastSeen } from './host-cells.js';
import { clockWord, formatBytes } from './host-facts.js';
import { HostLimits } from './host-limits.js';
import { HostProjects } from './host-projects.js';
import { SettingsLink, useSettingsMistakes } from './host-settings.js';
import { rescan, useScanning } from './rescan.js';
import { HostKeyAge } from './host-key.js';

/** Everything told of the host that does not move, beside its charts. */
export function HostDetails({ host }: { host: Host }) {
  return (
    // Long paths are cut, not let out at the right edge.
    <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
      <Overview host={host} />
      <Section title={t('host.limits')}>
        <HostLimits host={host} />
      </Section>
      <Section title={t('hosts.agents')}>
        <HostAgents host={host} />
      </Section>
      {host.profileProblems.length > 0 && <ProfileProblems host={host} />}
      <Section title={t('hosts.telemetry')}>
        <Telemetry host={host} />
      </Section>
      <Section title={t('hosts.projectRoots')}>
        <ul className="grid gap-1">
          {host.projectRoots.map((root) => (
            <li key={root} className="mono break-all text-text-2">
              {root}
            </li>
          ))}
        </ul>
        {host.projectRoots.length === 0 && <p className="text-12 text-text-3">{t('hosts.unknown')}</p>}
      </Section>
      <Section title={t('hosts.projects')} end={<Rescan host={host} />}>
        <HostProjects host={host} />
      </Section>
    </div>
  );
}

function Section({ title, end, children }: { title: string; end?: ReactNode; children: ReactNode }) {
  return (
    <section>
      <div className="mb-1.5 flex min-h-6 items-center gap-2">
        <h2 className="font-strong">{title}</h2>
        <span className="ml-auto">{end}</span>
      </div>
      {children}
    </section>
  );
}

function Overview({ host }: { host: Host }) {
  const { problem, joinTokenExpiresAt, system, daemonVersion } = host;
  const mistakes = useSettingsMistakes(host);
  return (
    <section>
      {problem !== null && (
        <Note>
          <span className="font-medium text-text">{t('hosts.problemAt')}</span>{' '}
          <RelativeTime at={problem.at} />
          <br />
          {problem.message} <span className="mono text-text-3">{problem.code}</span>{' '}
          <HelpLink code={problem.code} />
        </Note>
      )}
      {mistakes !== null && (
        <Note>
          {mistakes} <SettingsLink host={host} />
        </Note>
      )}
      <dl className="grid grid-cols-[104px_minmax(0,1fr)] gap-y-1.5 text-12 [&>dd]:text-text-2 [&>dt]:text-text-3">
        <Fact name={t('hosts.lastSeen')}>
          <LastSeen host={host} />
        </Fact>
        <Fact name={t('hosts.col.daemon')}>
          <DaemonVersion host={host} />
        </Fact>
        {system !== null && (
          <>
            <Fact name={t('hosts.hostname')}>{system.hostname}</Fact>
            <Fact name={t('hosts.system')}>
              {system.os} · {system.arch}
            </Fact>
            <Fact name={t('hosts.machine')}>
              {tn('fleet.cores', system.cores)} · {formatBytes(system.memTotalBytes)}
            </Fact>
            <Fact name={t('hosts.clock')}>{clockWord(system.clockSkewMs)}</Fact>
            <Fact name={t('hosts.uptime')}>{formatDuration(system.uptimeS * 1000)}</Fact>
          </>
        )}
        {daemonVersion !== null && (
          <Fact name={t('host.settings')}>
            <SettingsLink host={host} />
          </Fact>
        )}
        <Fact name={t('hosts.key')}>
          <HostKeyAge host={host} />
        </Fact>
        <Fact name={t('hosts.added')}>
          <RelativeTime at={host.createdAt} />
        </Fact>
      </dl>
      {joinTokenExpiresAt !== null && (
        <p className="mt-2 text-12 text-text-3">
          {t('hosts.tokenUntil', { time: formatTime(Date.parse(joinTokenExpiresAt)) })}
        </p>
      )}
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd className="nums min-w-0 truncate">{children}</dd>
    </>
  );
}

function Note({ children }: { children: ReactNode }) {
  return (
    <div className="mb-3 flex gap-2 rounded-sm border border-danger-line bg-danger-soft px-3 py-2 text-12 text-text-2">
      <TriangleAlert className="mt-0.5 size-3.5 text-danger" aria-hidden="true" />
      <div className="min-w-0">{children}</div>
    </div>
  );
}

function ProfileProblems({ host: { profileProblems } }: { host: Host }) {
  return (
    <Section title={t('hosts.profileProblems')}>
      <ul className="grid gap-2">
        {profileProblems.map(({ file, line, field, message }) => (
          <li key={`${file}:${line}:${field}:${message}`} className="text-12">
            <div className="mono wrap-anywhere text-text-3">
              {file}
              {line !== null && `:${line}`}
              {field !== null && ` ${field}`}
            </div>
            <div className="text-danger">{message}</div>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Telemetry({ host: { otlp } }: { host: Host }) {
  if (otlp === null) return <p className="text-12 text-text-3">{t('hosts.unknown')}</p>;
  return otlp.state === 'listening' ? (
    <p className="text-12 text-text-2">{t('hosts.telemetryOn', { port: otlp.port ?? '' })}</p>
  ) : (
    <p className="text-12 text-danger">{t('hosts.telemetryOff', { reason: otlp.reason ?? '' })}</p>
  );
}

function Rescan({ host }: { host: Host }) {
  const scanning = useScanning(host.id);
  return (
    <span className="flex items-center gap-2 text-12 text-text-3">
      {host.scannedAt !== null && (
        <span>
          {t('hosts.scanned')} <RelativeTime at={host.scannedAt} />
        </span>
      )}
      <Button
        size="sm"
        busy={scanning}
        disabled={host.state !== 'online'}
        icon={<RefreshCw aria-hidden="true" />}
        onClick={() => void rescan(host)}
      >
        {t('hosts.rescan')}
      </Button>
    </span>
  );
}
