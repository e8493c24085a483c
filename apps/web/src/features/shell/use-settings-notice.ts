// Says so when somebody saved a settings file with a mistake; only those who may see the settings hear of it.
import { useEffect } from 'react';
import { ApiError } from '../../lib/api-error.js';
import { t } from '../../lib/i18n/t.js';
import { link } from '../../lib/socket.js';
import { toast } from '../../ui/toast.js';

export function useSettingsNotice(): void {
  useEffect(
    () =>
      link.on('settings.changed', ({ problems }) => {
        if (problems === 0) return;
        const message = t('shell.settingsMistake');
        toast.error(new ApiError('CONFIG_INVALID', { message, hint: t('shell.settingsMistakeHint') }));
      }),
    [],
  );
}
