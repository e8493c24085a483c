// Which rows of a long list of equal rows are in view: the virtual list of combobox and tables.
import { useCallback, useState, type UIEvent } from 'react';

/** Rows drawn above and below the visible ones, so that fast scrolling shows no gaps. */
const OVERSCAN = 6;

export interface ListWindow {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  readonly padTop: number;
  readonly padBottom: number;
  readonly onScroll: (event: UIEvent<HTMLElement>) => void;
}

/** `viewport` is the height of the scroller in px; short lists are drawn whole. */
export function useListWindow(count: number, rowHeight: number, viewport: number): ListWindow {
  const [top, setTop] = useState(0);
  const onScroll = useCallback((event: UIEvent<HTMLElement>) => setTop(event.currentTarget.scrollTop), []);
  const visible = Math.ceil(viewport / rowHeight);
  const first = Math.min(Math.floor(top / rowHeight), Math.max(0, count - visible));
  const start = Math.max(0, first - OVERSCAN);
  const end = Math.min(count, first + visible + OVERSCAN);
  return { start, end, padTop: start * rowHeight, padBottom: (count - end) * rowHeight, onScroll };
}
