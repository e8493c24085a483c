// /grid : which sessions and how many beside each other are in the address; without them, those of last time.
import { getRouteApi } from '@tanstack/react-router';
import { useEffect } from 'react';
import type { SessionId } from '@roundhouse/protocol';
import { GridPage } from '../features/grid/grid-page.js';
import type { GridSearch } from '../features/grid/grid-search.js';
import { formatSet, parseSet, rememberedSet, rememberSet } from '../lib/grid-set.js';

const route = getRouteApi('/signed-in/layout/grid');

export function Component() {
  const { s, layout = '2x2' } = route.useSearch();
  const navigate = route.useNavigate();
  const ids = s === undefined ? rememberedSet() : parseSet(s);
  const set = (change: GridSearch): void =>
    void navigate({ search: (now) => ({ ...now, ...change }), replace: true });
  useEffect(() => {
    if (s !== undefined) rememberSet(parseSet(s));
    else if (rememberedSet().length > 0)
      // An address that can be shared, and that a reload keeps.
      void navigate({ search: (now) => ({ ...now, s: formatSet(rememberedSet()) }), replace: true });
  }, [s, navigate]);
  return (
    <GridPage
      ids={ids}
      onIds={(next: SessionId[]) => set({ s: formatSet(next) })}
      layout={layout}
      onLayout={(next) => set({ layout: next })}
    />
  );
}
