// Which limits a session can be held to on a host, and why not; the most that the host itself allows.
import type { Host, SessionLimits } from '@roundhouse/protocol';
import { t } from '../../lib/i18n/t.js';

const limits = [
  { name: 'time', key: 'timeMinutes' },
  { name: 'memory', key: 'memoryMb' },
  { name: 'cpu', key: 'cpuPercent' },
] as const satisfies readonly { name: string; key: keyof SessionLimits }[];

export function HostLimits({ host: { system } }: { host: Host }) {
  const told = system?.limits;
  if (!told) {
    return <p className="text-12 text-text-3">{t(system === null ? 'hosts.unknown' : 'host.limitsOlder')}</p>;
  }
  return (
    <dl className="grid grid-cols-[104px_minmax(0,1fr)] gap-y-1.5 text-12 [&_dd]:text-text-2 [&_dt]:text-text-3">
      {limits.map(({ name, key }) => {
        const reason = name === 'time' ? null : told[name];
        const most = told.most[key];
        return (
          <div key={name} className="contents">
            <dt>{t(`host.limit.${name}`)}</dt>
            <dd>
              {reason === null ? t('host.limitHeld') : t('host.limitNot', { reason })}
              {most !== undefined && (
                <div>
                  {t(reason === null ? 'host.limitMost' : 'host.limitMostNot', {
                    most: t(`host.limit.${name}.n`, { n: most }),
                  })}
                </div>
              )}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
