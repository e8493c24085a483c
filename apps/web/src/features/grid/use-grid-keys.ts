// The keys of the grid outside of its terminals: 1 to 9 go to a tile, arrows to the next one, Esc and F6 back in.
import { useEffect, useRef } from 'react';
import { keysAreTaken } from '../../lib/shortcuts.js';
import { neighbour } from './grid-layout.js';

export interface GridKeys {
  readonly tiles: number;
  readonly columns: number;
  /** Into the terminal of a tile. */
  readonly onEnter: (at: number) => void;
  /** To the head of a tile. */
  readonly onHead: (at: number) => void;
}

/** The tile whose head has the focus; -1 when none has. */
function headAt(target: EventTarget | null): number {
  const head = target instanceof Element ? target.closest('[data-tile-head]') : null;
  const tile = head?.closest('[data-tile]') ?? null;
  return tile === null ? -1 : [...document.querySelectorAll('[data-tile]')].indexOf(tile);
}

export function useGridKeys(keys: GridKeys): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  }, [keys]);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing)
        return;
      if (keysAreTaken(event.target)) return;
      const { tiles, columns, onEnter, onHead } = latest.current;
      const digit = /^[1-9]$/.test(event.key) ? Number(event.key) - 1 : -1;
      const at = headAt(event.target);
      if (digit >= 0 && digit < tiles) onEnter(digit);
      else if (at >= 0 && (event.key === 'Escape' || event.key === 'F6')) onEnter(at);
      else if (at >= 0 && event.key.startsWith('Arrow')) onHead(neighbour(event.key, at, tiles, columns));
      else return;
      event.preventDefault();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
}
