// Who is signed in; theme, shortcuts, sign out.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { routes } from '@roundhouse/protocol';
import { useNavigate } from '@tanstack/react-router';
import { cx } from 'class-variance-authority';
import { Keyboard, LogOut, Menu } from 'lucide-react';
import { call } from '../../lib/api.js';
import { t } from '../../lib/i18n/t.js';
import { meQuery, versionQuery } from '../../lib/query.js';
import { setTheme, useThemeChoice } from '../../lib/theme.js';
import { Avatar } from '../../ui/avatar.js';
import { DropdownMenu, MenuItem, MenuLabel, MenuRadio, MenuSeparator } from '../../ui/dropdown-menu.js';
import { toast } from '../../ui/toast.js';
import { openSheet } from './shell-state.js';

export function AccountMenu({ collapsed = false, phone = false }: { collapsed?: boolean; phone?: boolean }) {
  const { data } = useQuery(meQuery);
  const { data: version } = useQuery(versionQuery);
  const name = data?.kind === 'in' ? data.me.username : '';
  return (
    <DropdownMenu
      side="top"
      align={phone ? 'end' : 'start'}
      trigger={<Trigger {...{ name, collapsed, phone }} version={version?.version} />}
    >
      <MenuLabel>
        {name}
        {collapsed && version && ` · v${version.version}`}
      </MenuLabel>
      <MenuSeparator />
      <ThemeChoices />
      <MenuSeparator />
      <MenuItem icon={<Keyboard aria-hidden="true" />} keys={['?']} onSelect={() => openSheet('shortcuts')}>
        {t('shell.shortcuts')}
      </MenuItem>
      <SignOut />
    </DropdownMenu>
  );
}

interface TriggerProps extends React.ComponentProps<'button'> {
  name: string;
  collapsed: boolean;
  phone: boolean;
  version: string | undefined;
}

function Trigger({ name, collapsed, phone, version, ...rest }: TriggerProps) {
  if (phone)
    return (
      <button
        type="button"
        className="grid h-full place-content-center justify-items-center gap-[3px]"
        {...rest}
      >
        <Menu className="size-5" strokeWidth={1.6} aria-hidden="true" />
        {t('shell.more')}
      </button>
    );
  return (
    <button
      type="button"
      aria-label={t('shell.account')}
      className={cx(
        'flex items-center gap-2.5 rounded-sm text-left hover:bg-hover data-[state=open]:bg-raised',
        collapsed ? 'size-9 justify-center' : 'w-full p-2',
      )}
      {...rest}
    >
      <Avatar name={name} />
      {!collapsed && <span className="min-w-0 flex-1 truncate text-text-2">{name}</span>}
      {!collapsed && version !== undefined && <span className="text-12 text-text-3">v{version}</span>}
    </button>
  );
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
