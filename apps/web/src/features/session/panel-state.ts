// Whether the side panel is open: the user's choice, kept for all sessions of this browser.
import { createStore, useStore } from '../../lib/store.js';

const KEY = 'roundhouse.session-panel';

function stored(): boolean {
  try {
    return localStorage.getItem(KEY) !== 'closed';
  } catch {
    return true; // storage is blocked
  }
}

const open = createStore(stored());

export function usePanelOpen(): readonly [boolean, (next: boolean) => void] {
  return [useStore(open), setOpen];
}

function setOpen(next: boolean): void {
  open.set(next);
  try {
    localStorage.setItem(KEY, next ? 'open' : 'closed');
  } catch {
    // storage is blocked: the choice lasts for this page
  }
}
