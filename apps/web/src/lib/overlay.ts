// Which of the shell's own overlays is open.
import { createStore, useStore } from './store.js';

type Overlay = 'palette' | 'shortcuts';

const overlay = createStore<Overlay | null>(null);

export const openSheet = (which: Overlay): void => overlay.set(which);
export const closeSheet = (): void => overlay.set(null);
export const useOverlay = (): Overlay | null => useStore(overlay);
