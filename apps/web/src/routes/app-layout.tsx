// The layout of all signed-in pages: the shell, and the dialogs that belong to no page.
import { Outlet, useMatches } from '@tanstack/react-router';
import { Shell } from '../features/shell/shell.js';
import { SpawnSlot } from './spawn-slot.js';

export function AppLayout() {
  const compact = useMatches({
    select: (matches) => matches.some((match) => match.staticData.compact === true),
  });
  const narrowRail = useMatches({
    select: (matches) => matches.some((match) => match.staticData.narrowRail === true),
  });
  return (
    <Shell compact={compact} narrowRail={narrowRail}>
      <Outlet />
      <SpawnSlot />
    </Shell>
  );
}
