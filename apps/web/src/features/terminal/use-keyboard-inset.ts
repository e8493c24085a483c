// How much of the page's bottom a phone's keyboard covers, in px: browsers shrink only the visual viewport.
import { useSyncExternalStore } from 'react';

function subscribe(changed: () => void): () => void {
  const viewport = window.visualViewport;
  viewport?.addEventListener('resize', changed);
  viewport?.addEventListener('scroll', changed);
  return () => {
    viewport?.removeEventListener('resize', changed);
    viewport?.removeEventListener('scroll', changed);
  };
}

function covered(): number {
  const viewport = window.visualViewport;
  // Pinched in, the difference is the zoom, not a keyboard.
  if (!viewport || viewport.scale > 1.01) return 0;
  return Math.max(0, Math.round(window.innerHeight - viewport.height - viewport.offsetTop));
}

export const useKeyboardInset = (): number => useSyncExternalStore(subscribe, covered);
