// The wish to spawn: any page may open the spawn dialog with something filled in; the dialog watches this.
import type { HostId, SessionId } from '@roundhouse/protocol';
import { createStore, useStore } from './store.js';

export interface SpawnPreset {
  readonly hostId?: HostId;
  /** Path of a project on that host. */
  readonly project?: string;
  readonly profile?: string;
  readonly companionOf?: SessionId;
}

const intent = createStore<SpawnPreset | null>(null);

export const openSpawn = (preset: SpawnPreset = {}): void => intent.set(preset);
export const closeSpawn = (): void => intent.set(null);
/** Null while no dialog is wanted. */
export const useSpawnIntent = (): SpawnPreset | null => useStore(intent);
