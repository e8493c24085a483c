// The account menu, which loads after its button stands.
import { lazy, Suspense } from 'react';
import { AccountTrigger, type AccountPlace } from './account-trigger.js';

const Menu = lazy(async () => ({ default: (await import('./account-menu.js')).AccountMenu }));

export function Account({ place }: AccountPlace) {
  return (
    <Suspense fallback={<AccountTrigger place={place} />}>
      <Menu place={place} />
    </Suspense>
  );
}
