// Keeps the order of a list while the pointer or the keyboard is on it, so that nothing moves away under a click.
import { useState, type FocusEvent, type PointerEvent } from 'react';

export interface HeldOrder {
  /** Ids in the order to keep; null while the list may sort itself. */
  readonly held: readonly string[] | null;
  /** For the element round the list. */
  readonly props: {
    onPointerEnter: (event: PointerEvent) => void;
    onPointerLeave: () => void;
    onFocus: (event: FocusEvent) => void;
    onBlur: (event: FocusEvent) => void;
  };
}

/** `current` gives the ids as they are shown now. */
export function useHeldOrder(current: () => readonly string[]): HeldOrder {
  const [held, setHeld] = useState<readonly string[] | null>(null);
  const hold = (): void => setHeld((now) => now ?? current());
  return {
    held,
    props: {
      // A finger has no hover: what it touched stays held only while it is down.
      onPointerEnter: (event) => event.pointerType !== 'touch' && hold(),
      onPointerLeave: () => setHeld(null),
      onFocus: (event) => event.target.matches(':focus-visible') && hold(),
      onBlur: (event) => {
        if (!event.currentTarget.contains(event.relatedTarget) && !event.currentTarget.matches(':hover'))
          setHeld(null);
      },
    },
  };
}
