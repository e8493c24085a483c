// The phone's navigation: pages and More.
import { Link } from '@tanstack/react-router';
import { t } from '../../lib/i18n/t.js';
import { Account } from './account.js';
import { navigation } from './navigation.js';

const inBar = navigation.filter(({ inMore }) => inMore !== true);

export function BottomBar() {
  return (
    <nav
      aria-label={t('shell.navigation')}
      className="grid h-[calc(56px+env(safe-area-inset-bottom))] shrink-0 auto-cols-fr grid-flow-col border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] text-11 font-medium text-text-3 sm:hidden"
    >
      {inBar.map(({ to, label, icon: Icon }) => (
        <Link
          key={to}
          to={to}
          activeOptions={{ exact: to === '/', includeSearch: false }}
          className="grid place-content-center justify-items-center gap-[3px] outline-offset-[-2px] data-[status=active]:text-text"
        >
          <Icon className="size-5" strokeWidth={1.6} aria-hidden="true" />
          {t(label)}
        </Link>
      ))}
      <Account place="bar" />
    </nav>
  );
}
