// Where the spawn dialog lives: on every page, opened through lib/spawn-intent. Its code comes with the first opening.
import { lazy, Suspense } from 'react';
import { useSpawnIntent } from '../lib/spawn-intent.js';

const SpawnDialog = lazy(async () => ({
  default: (await import('../features/spawn/spawn-dialog.js')).SpawnDialog,
}));

export function SpawnSlot() {
  const preset = useSpawnIntent();
  return <Suspense>{preset !== null && <SpawnDialog preset={preset} />}</Suspense>;
}
