// The last lines of a session, live while the element is in view.
import type { SessionId } from '@roundhouse/protocol';
import { useCallback, useSyncExternalStore, type RefCallback } from 'react';
import { connection } from '../connection.js';
import { link } from '../socket.js';
import { useStore } from '../store.js';
import { observeVisible } from '../visible.js';
import { PreviewWatch, type PreviewState } from './preview-watch.js';

const previews = new PreviewWatch({
  link,
  connection,
  page: {
    hidden: () => document.hidden,
    onChange: (tell) => document.addEventListener('visibilitychange', tell),
  },
  nextFrame: (run) => requestAnimationFrame(run),
});

export interface UsePreview extends PreviewState {
  /** For the element that shows it. */
  readonly ref: RefCallback<Element>;
}

export function usePreview(id: SessionId): UsePreview {
  const state = useStore(previews.of(id));
  const ref = useCallback(
    (element: Element | null) => {
      if (!element) return;
      let hide: (() => void) | null = null;
      const end = observeVisible(element, (visible) => {
        if (visible) hide ??= previews.show(id);
        else {
          hide?.();
          hide = null;
        }
      });
      return () => {
        end();
        hide?.();
      };
    },
    [id],
  );
  return { ...state, ref };
}

/** What the agent calls itself; changes seldom, so who shows only this is not drawn with every line. */
export function useAgentTitle(id: SessionId): string | null {
  const store = previews.of(id);
  return useSyncExternalStore(store.subscribe, () => store.get().preview?.title ?? null);
}
