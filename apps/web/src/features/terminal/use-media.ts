// Follows a media query.
import { useCallback, useSyncExternalStore } from 'react';

export function useMedia(query: string): boolean {
  const subscribe = useCallback(
    (changed: () => void) => {
      const media = matchMedia(query);
      media.addEventListener('change', changed);
      return () => media.removeEventListener('change', changed);
    },
    [query],
  );
  return useSyncExternalStore(subscribe, () => matchMedia(query).matches);
}

/** A screen of a phone: smaller cells, keys above the keyboard, no status line. */
export const phoneQuery = '(max-width: 639px)';
/** A phone however it is held: on its side it is wide, and too low for a terminal of others. */
export const handheldQuery = '(max-width: 639px), (pointer: coarse) and (max-height: 499px)';
