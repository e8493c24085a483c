// What somebody wants to do to a host. The dialogs for it live at the page, so that they outlast the row or empty
// state that asked.
import type { Host, ProjectInfo } from '@roundhouse/protocol';
import { createStore, useStore } from '../../lib/store.js';

export type HostAsk =
  | { readonly what: 'add' }
  | { readonly what: 'rename' | 'delete' | 'token' | 'key'; readonly host: Host }
  | { readonly what: 'trust'; readonly host: Host; readonly project: ProjectInfo };

const asked = createStore<HostAsk | null>(null);

export const askHost = (ask: HostAsk): void => asked.set(ask);
/** Nothing when another was asked since: an answer that comes late must not close that one. */
export const closeHostAsk = (ask: HostAsk | null = asked.get()): void => {
  if (asked.get() === ask) asked.set(null);
};
export const useHostAsk = (): HostAsk | null => useStore(asked);
