// Who is signed in; theme, shortcuts, sign out.
import { useQueryClient } from '@tanstack/react-query';
import { routes } from '@roundhouse/protocol';
import { useNavigate } from '@tanstack/react-router';
import { Keyboard, LogOut } from 'lucide-react';
import { call } from '../../lib/api.js';
import { t } from '../../lib/i18n/t.js';
import { setTheme, useThemeChoice } from '../../lib/theme.js';
import { DropdownMenu, MenuItem, MenuLabel, MenuRadio, MenuSeparator } from '../../ui/dropdown-menu.js';
import { toast } from '../../ui/toast.js';
import { navigation } from './navigation.js';
import { AccountTrigger, useAccountName, type AccountPlace } from './account-trigger.js';
import { openSheet } from '../../lib/overlay.js';

export function AccountMenu({ place }: AccountPlace) {
  return (
    <DropdownMenu
      side="top"
      align={place === 'bar' ? 'end' : 'start'}
      trigger={<AccountTrigger place={place} />}
    >
      <MenuLabel>{useAccountName()}</MenuLabel>
      <MenuSeparator />
      <ThemeChoices />
      <MenuSeparator />
      {place === 'bar' && <MorePages />}
      <MenuItem icon={<Keyboard aria-hidden="true" />} keys={['?']} onSelect={() => openSheet('shortcuts')}>
        {t('shell.shortcuts')}
      </MenuItem>
      <SignOut />
    </DropdownMenu>
  );
}

/** Pages that the phone's bar has no room for. */
function MorePages() {
  const navigate = useNavigate();
  return navigation
    .filter(({ inMore }) => inMore === true)
    .map(({ to, label, icon: Icon }) => (
      <MenuItem key={to} icon={<Icon aria-hidden="true" />} onSelect={() => void navigate({ to })}>
        {t(label)}
      </MenuItem>
    ));
}

function ThemeChoices() {
  const choice = useThemeChoice();
  return (
    <>
      <MenuLabel>{t('shell.theme')}</MenuLabel>
      <MenuRadio
        label={t('shell.theme')}
        value={choice}
        onValueChange={setTheme}
        options={[
          { value: 'system', label: t('shell.themeSystem') },
          { value: 'dark', label: t('shell.themeDark') },
          { value: 'light', label: t('shell.themeLight') },
        ]}
      />
    </>
  );
}

function SignOut() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const signOut = async (): Promise<void> => {
    try {
      await call(routes.auth.logout, { body: {} });
      client.clear();
      await navigate({ to: '/login' });
    } catch (error) {
      toast.error(error);
    }
  };
  return (
    <MenuItem icon={<LogOut aria-hidden="true" />} onSelect={() => void signOut()}>
      {t('shell.signOut')}
    </MenuItem>
  );
}
