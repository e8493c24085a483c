// The way from a host to the settings of its daemon, and what is wrong with their file.
import type { Host } from '@roundhouse/protocol';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { t, tn } from '../../lib/i18n/t.js';
import { settingsQuery } from '../../lib/settings-query.js';

export function SettingsLink({ host }: { host: Host }) {
  return (
    <Link to="/settings" search={{ host: host.id }} className="touch-target rounded-xs text-accent underline">
      {t('host.settingsLink')}
    </Link>
  );
}

/** Null while there is none. */
export function useSettingsMistakes(host: Host): string | null {
  const { data } = useQuery({ ...settingsQuery(host.id), enabled: host.state === 'online' });
  const count = data?.problems.length ?? 0;
  return count === 0 ? null : tn('host.settingsMistakes', count);
}
