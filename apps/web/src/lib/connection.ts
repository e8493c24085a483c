// The state of the live connection, and the store that the header, banner and terminal watch.
import { createStore, useStore } from './store.js';

export type Connection =
  | { readonly phase: 'connecting' }
  | {
      readonly phase: 'live';
      /** Counts connects; a greater one means: refetch. */ readonly generation: number;
    }
  | {
      readonly phase: 'reconnecting';
      readonly attempt: number;
      /** When it was last live, ms. */ readonly since: number;
    }
  | { readonly phase: 'offline'; readonly since: number }
  | { readonly phase: 'refused'; readonly code: string; readonly message: string };

export const connection = createStore<Connection>({ phase: 'connecting' });

export const useConnection = (): Connection => useStore(connection);
