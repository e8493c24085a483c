// Whether a tile is in view, with patience on the way out: a short scroll does not end its terminal.
import { useCallback, useState, type RefCallback } from 'react';
import { observeVisible } from '../../lib/visible.js';

/** A tile that left the view is detached after this many ms. */
const LEAVE_MS = 2000;

export interface InView {
  readonly ref: RefCallback<Element>;
  readonly inView: boolean;
}

export function useInView(): InView {
  const [inView, setInView] = useState(false);
  const ref = useCallback((element: Element | null) => {
    if (!element) return;
    let leaving: ReturnType<typeof setTimeout> | null = null;
    let visible = false;
    const look = (): void => {
      if (leaving !== null) clearTimeout(leaving);
      leaving = null;
      if (visible && !document.hidden) setInView(true);
      else leaving = setTimeout(() => setInView(false), LEAVE_MS);
    };
    const end = observeVisible(element, (now) => {
      visible = now;
      look();
    });
    document.addEventListener('visibilitychange', look);
    return () => {
      end();
      document.removeEventListener('visibilitychange', look);
      if (leaving !== null) clearTimeout(leaving);
    };
  }, []);
  return { ref, inView };
}
