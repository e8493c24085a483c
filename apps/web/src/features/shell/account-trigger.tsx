// The button of the account menu. It stands at once.
import { useQuery } from '@tanstack/react-query';
import { cx } from 'class-variance-authority';
import { Menu as MenuIcon } from 'lucide-react';
import type { ComponentProps } from 'react';
import { t } from '../../lib/i18n/t.js';
import { meQuery, versionQuery } from '../../lib/query.js';
import { Avatar } from '../../ui/avatar.js';

export interface AccountPlace {
  /** `rail` and `icon` are the two widths of the rail, `bar` the bottom bar of a phone. */
  place: 'rail' | 'icon' | 'bar';
}

export const useAccountName = (): string => {
  const { data } = useQuery(meQuery);
  return data?.kind === 'in' ? data.me.username : '';
};

export function AccountTrigger({ place, ...rest }: AccountPlace & ComponentProps<'button'>) {
  const name = useAccountName();
  const { data: version } = useQuery(versionQuery);
  if (place === 'bar')
    return (
      <button
        type="button"
        className="grid h-full place-content-center justify-items-center gap-[3px]"
        {...rest}
      >
        <MenuIcon className="size-5" strokeWidth={1.6} aria-hidden="true" />
        {t('shell.more')}
      </button>
    );
  const wide = place === 'rail';
  return (
    <button
      type="button"
      aria-label={t('shell.account')}
      className={cx(
        'flex items-center gap-2.5 rounded-sm text-left hover:bg-hover data-[state=open]:bg-raised',
        wide ? 'w-full p-2' : 'size-9 justify-center',
      )}
      {...rest}
    >
      <Avatar name={name} />
      {wide && <span className="min-w-0 flex-1 truncate text-text-2">{name}</span>}
      {wide && version && <span className="text-12 text-text-3">v{version.version}</span>}
    </button>
  );
}
