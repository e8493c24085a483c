// One setting: its names, what it is for, what holds, and where that comes from.
import type { ShownSetting } from '@roundhouse/protocol';
import { cx } from 'class-variance-authority';
import { t } from '../../lib/i18n/t.js';
import { Badge } from '../../ui/badge.js';
import { CopyButton } from '../../ui/copy-button.js';
import { placeOf } from './settings-filter.js';

export function SettingRow({ setting }: { setting: ShownSetting }) {
  return (
    <li className="grid grid-cols-[minmax(0,11fr)_minmax(0,8fr)_minmax(0,6fr)] gap-x-6 gap-y-2 px-4 py-2.5 max-md:grid-cols-1">
      <div className="min-w-0">
        <Names setting={setting} />
        <p className="mt-0.5 text-12 text-text-2">{setting.help}</p>
      </div>
      <Value setting={setting} />
      <Source setting={setting} />
    </li>
  );
}

function Names({ setting: { name, key } }: { setting: ShownSetting }) {
  return (
    <div className="flex flex-wrap items-center gap-x-3">
      <Name text={name} strong />
      {key === null ? (
        <span className="text-12 text-text-3">{t('settings.envOnly')}</span>
      ) : (
        <span className="flex items-center gap-1.5 text-12 text-text-3">
          {t('settings.inFile')}
          <Name text={key} />
        </span>
      )}
    </div>
  );
}

function Name({ text, strong = false }: { text: string; strong?: boolean }) {
  return (
    <span className="flex min-w-0 items-center gap-0.5">
      <span className={cx('mono text-12 wrap-anywhere', strong ? 'font-medium text-text' : 'text-text-2')}>
        {text}
      </span>
      <CopyButton iconOnly text={text} label={t('settings.copyName', { name: text })} />
    </span>
  );
}

function Value({ setting }: { setting: ShownSetting }) {
  const { value, secret, isSet, default: without } = setting;
  return (
    <div className="min-w-0 self-start md:pt-1">
      <span className="sr-only">{t('settings.col.value')}: </span>
      {value === null ? (
        <span className="text-text-3">{t(secret && isSet ? 'settings.secretSet' : 'settings.notSet')}</span>
      ) : (
        <span className={cx('mono text-12 wrap-anywhere', isSet ? 'text-text' : 'text-text-2')}>{value}</span>
      )}
      {without !== '' && without !== value && (
        <div className="text-12 wrap-anywhere text-text-3">{t('settings.default', { value: without })}</div>
      )}
    </div>
  );
}

function Source({ setting: { source, from, live, pending } }: { setting: ShownSetting }) {
  const place = placeOf(from);
  return (
    <div className="min-w-0 self-start text-12 text-text-3 md:pt-1">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span className="sr-only">{t('settings.col.source')}: </span>
        <Badge tone={source === 'default' ? 'neutral' : 'accent'}>{t(`settings.source.${source}`)}</Badge>
        {source === 'file' && place && <span title={from ?? undefined}>{t('settings.line', place)}</span>}
        {source === 'environment' && <span className="mono wrap-anywhere">{from}</span>}
      </div>
      <div className="mt-1">{t(live && source !== 'environment' ? 'settings.live' : 'settings.restart')}</div>
      {pending && <div className="mt-0.5 font-medium text-text">{t('settings.pending')}</div>}
    </div>
  );
}
