// Says so when somebody saved a settings file with a mistake, on the hub or on a machine; only those who may see the
// settings hear of it.
import { useEffect } from 'react';
import { ApiError } from '../../lib/api-error.js';
import { t } from '../../lib/i18n/t.js';
import { hostsQuery, queryClient } from '../../lib/query.js';
import { link } from '../../lib/socket.js';
import { toast } from '../../ui/toast.js';

export function useSettingsNotice(): void {
  useEffect(
    () =>
      link.on('settings.changed', ({ problems, hostId }) => {
        if (problems === 0) return;
        const hosts = queryClient.getQueryData(hostsQuery.queryKey)?.items;
        const host = hosts?.find(({ id }) => id === hostId)?.name;
        const message =
          host === undefined ? t('shell.settingsMistake') : t('shell.settingsMistakeOf', { host });
        toast.error(new ApiError('CONFIG_INVALID', { message, hint: t('shell.settingsMistakeHint') }));
      }),
    [],
  );
}
