// Above the settings: how one is changed, and what is wrong with the file.
import type { FieldError, Host, ShownSettings } from '@roundhouse/protocol';
import { WifiOff } from 'lucide-react';
import { t } from '../../lib/i18n/t.js';
import { Callout } from '../../ui/banner.js';
import { Card, PanelHead } from '../../ui/card.js';
import { CopyButton } from '../../ui/copy-button.js';
import { RelativeTime } from '../../ui/relative-time.js';

export function Problems({ problems }: { problems: readonly FieldError[] }) {
  return (
    <Card tone="danger" role="alert">
      <PanelHead title={t('settings.problems')} />
      <ul className="grid gap-1.5 px-4 py-3">
        {problems.map(({ field, message }) => (
          <li key={`${field}:${message}`} className="mono text-12 wrap-anywhere">
            {message}
          </li>
        ))}
      </ul>
    </Card>
  );
}

/** What is shown was told before the machine went away. */
export function Away({ host: { name, lastSeenAt } }: { host: Host }) {
  return (
    <Callout icon={<WifiOff aria-hidden="true" />}>
      {t('settings.away', { host: name })} {lastSeenAt !== null && <RelativeTime at={lastSeenAt} />}
    </Callout>
  );
}

interface HowToChangeProps {
  settings: ShownSettings;
  isHub: boolean;
  host: Host | null;
}

export function HowToChange({ settings, isHub, host }: HowToChangeProps) {
  const { file, places, loadedAt } = settings;
  const words = isHub
    ? { section: 'hub:', program: t('settings.theHub') }
    : { section: 'daemon:', program: t('settings.theDaemon') };
  const place = file ?? places[0] ?? 'roundhouse.yaml';
  return (
    <Callout>
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-1">
        <div className="min-w-0 flex-1 basis-[300px]">
          <p className="font-medium text-text">
            {host === null ? t('settings.howTitle') : t('settings.howTitleHost', { host: host.name })}
          </p>
          <p className="wrap-anywhere">
            {t(file === null ? 'settings.howNoFile' : 'settings.howFile', { ...words, file: place })}
          </p>
        </div>
        <span className="flex items-center gap-3">
          {file !== null && (
            <span className="text-text-3">
              {t('settings.readAt')} <RelativeTime at={loadedAt} />
            </span>
          )}
          <CopyButton text={place} label={t('settings.copyName', { name: place })} />
        </span>
      </div>
    </Callout>
  );
}
