// / : the fleet. Brings the fleet together with the parts of the hosts feature that it offers.
import { getRouteApi } from '@tanstack/react-router';
import { FleetPage } from '../features/fleet/fleet-page.js';
import type { FleetSearch } from '../features/fleet/fleet-search.js';
import { storedView, storeView } from '../features/fleet/stored-view.js';
import { FirstHost } from '../features/hosts/first-host.js';
import { HostDialogs } from '../features/hosts/host-dialogs.js';
import { HostMenu } from '../features/hosts/host-menu.js';
import { t } from '../lib/i18n/t.js';
import { Page } from '../ui/page.js';

const route = getRouteApi('/signed-in/layout/');

/** Members that say nothing stay out of the address. */
const tidy = ({ state, q, view }: FleetSearch): FleetSearch => ({
  ...(state === undefined ? {} : { state }),
  ...(q === undefined || q === '' ? {} : { q }),
  ...(view === undefined ? {} : { view }),
});

export function Component() {
  const { state = 'all', q = '', view = storedView() } = route.useSearch();
  const navigate = route.useNavigate();
  const set = (change: FleetSearch): void =>
    void navigate({ search: (now) => tidy({ ...now, ...change }), replace: true });
  return (
    <Page title={t('shell.fleet')}>
      <FleetPage
        filter={state}
        onFilter={(next) => set({ state: next === 'all' ? undefined : next })}
        query={q}
        onQuery={(next) => set({ q: next })}
        view={view}
        onView={(next) => {
          storeView(next);
          set({ view: next });
        }}
        hostMenu={(host) => <HostMenu host={host} />}
        firstHost={<FirstHost />}
      />
      <HostDialogs />
    </Page>
  );
}
