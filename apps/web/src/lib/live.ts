// Starts and stops everything live for a signed-in page: the link, patches of the cache, refetch after a reconnect.
import { connection, database, healthyDatabase } from './connection.js';
import { keys } from './live-cache.js';
import { liveCache, queryClient } from './query.js';
import { link } from './socket.js';

/** A page that has only just asked for everything draws its terminal first. */
const firstRefetchMs = 400;

/** Call when somebody is signed in; returns the end of it. */
export function startLive(): () => void {
  let seen = 0;
  let first: ReturnType<typeof setTimeout> | undefined;
  const refetch = (): void => void liveCache.refetch();
  const endChanges = link.on('entity.changed', (change) => liveCache.apply(change));
  const endSettings = link.on('settings.changed', () => {
    void queryClient.invalidateQueries({ queryKey: keys.settings });
  });
  const endDatabase = link.on('hub.database', (now) => {
    database.set(now);
    // What failed meanwhile is there again, and what changed was not told.
    if (now.state === 'ready') refetch();
  });
  const endState = connection.subscribe(() => {
    const now = connection.get();
    // The next link tells it anew.
    if (now.phase !== 'live') database.set(healthyDatabase);
    if (now.phase === 'live') {
      // The first connect too: queries may have answered before the first change could arrive.
      if (seen === 0) first = setTimeout(refetch, firstRefetchMs);
      else if (now.generation !== seen) refetch();
      seen = now.generation;
    } else if (now.phase === 'refused') {
      // Perhaps we are no longer signed in: the gate decides.
      void queryClient.invalidateQueries({ queryKey: keys.me });
    }
  });
  link.start();
  return () => {
    endChanges();
    endSettings();
    endDatabase();
    endState();
    clearTimeout(first);
    link.stop();
  };
}
