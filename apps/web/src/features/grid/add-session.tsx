// The button that finds a session for the grid; the search itself comes after the first paint.
import type { SessionId } from '@roundhouse/protocol';
import { lazy, Suspense, type ReactElement } from 'react';

const Lazy = lazy(async () => ({ default: (await import('./add-session-popover.js')).AddSessionPopover }));

export interface AddSessionProps {
  /** Those that are in the grid already. */
  ids: readonly SessionId[];
  onAdd: (id: SessionId) => void;
  trigger: ReactElement;
  align?: 'start' | 'center' | 'end';
}

export const AddSession = (props: AddSessionProps) => (
  <Suspense fallback={props.trigger}>
    <Lazy {...props} />
  </Suspense>
);
