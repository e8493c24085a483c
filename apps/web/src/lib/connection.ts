// The state of the live connection and of the hub's database, and the stores that header, banner and terminal watch.
import type { PayloadOf, UiEvents } from '@roundhouse/protocol';
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
  | { readonly phase: 'refused'; readonly code: string; readonly message: string; readonly hint: string };

export const connection = createStore<Connection>({ phase: 'connecting' });

export type DatabaseHealth = PayloadOf<UiEvents['hub.database']>;

/** The hub says it only when something is wrong. */
export const healthyDatabase: DatabaseHealth = { state: 'ready', reason: null };
export const database = createStore<DatabaseHealth>(healthyDatabase);
export const useDatabase = (): DatabaseHealth => useStore(database);

export const useConnection = (): Connection => useStore(connection);
