// The tooltip: a name or a short explanation, never the only place of an information. Small, and placed by hand, for
// every icon of every page has one.
import { Slot } from 'radix-ui';
import {
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
  type ReactElement,
  type ReactNode,
} from 'react';
import { createPortal } from 'react-dom';
import { Kbd } from './kbd.js';

export interface TooltipProps {
  content: ReactNode;
  children: ReactElement;
  side?: 'top' | 'right' | 'bottom' | 'left';
  keys?: readonly string[];
}

/** A pointer that rests this long wants to know. */
const DELAY_MS = 400;
/** Distance to what it belongs to, and to the edges of the window. */
const GAP_PX = 6;

type Side = NonNullable<TooltipProps['side']>;

export function Tooltip({ content, children, side = 'bottom', keys = [] }: TooltipProps) {
  const id = useId();
  const [anchor, setAnchor] = useState<Element | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const hide = (): void => {
    clearTimeout(timer.current);
    setAnchor(null);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <>
      <Slot.Root
        aria-describedby={anchor ? id : undefined}
        onPointerEnter={({ currentTarget, pointerType }) => {
          if (pointerType === 'touch') return;
          clearTimeout(timer.current);
          timer.current = setTimeout(() => setAnchor(currentTarget), DELAY_MS);
        }}
        onPointerLeave={hide}
        onPointerDown={hide}
        onFocus={({ currentTarget }) => {
          if (currentTarget.matches(':focus-visible')) setAnchor(currentTarget);
        }}
        onBlur={hide}
        onKeyDown={({ key }) => key === 'Escape' && hide()}
      >
        {children}
      </Slot.Root>
      {anchor &&
        createPortal(
          <Bubble id={id} anchor={anchor} side={side}>
            {content}
            {keys.map((key) => (
              <Kbd key={key}>{key}</Kbd>
            ))}
          </Bubble>,
          document.body,
        )}
    </>
  );
}

interface BubbleProps {
  id: string;
  anchor: Element;
  side: Side;
  children: ReactNode;
}

function Bubble({ id, anchor, side, children }: BubbleProps) {
  const bubble = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = bubble.current;
    if (!element) return;
    const { left, top } = placeOf(anchor.getBoundingClientRect(), element.getBoundingClientRect(), side);
    element.style.left = `${left}px`;
    element.style.top = `${top}px`;
  }, [anchor, side]);
  return (
    <div
      ref={bubble}
      id={id}
      role="tooltip"
      className="appear pointer-events-none fixed z-60 flex max-w-80 items-center gap-2 rounded-sm bg-popover px-2 py-1 text-12 text-text-2 shadow-overlay"
    >
      {children}
    </div>
  );
}

/** Beside the anchor, on the other side where there is no room, and within the window. */
function placeOf(anchor: DOMRect, box: DOMRect, side: Side): { left: number; top: number } {
  const { innerWidth: width, innerHeight: height } = window;
  const middleX = anchor.left + anchor.width / 2 - box.width / 2;
  const middleY = anchor.top + anchor.height / 2 - box.height / 2;
  const above = anchor.top - box.height - GAP_PX;
  const below = anchor.bottom + GAP_PX;
  const before = anchor.left - box.width - GAP_PX;
  const after = anchor.right + GAP_PX;
  const places: Readonly<Record<Side, [left: number, top: number]>> = {
    top: [middleX, above < GAP_PX ? below : above],
    bottom: [middleX, below + box.height > height - GAP_PX ? above : below],
    left: [before < GAP_PX ? after : before, middleY],
    right: [after + box.width > width - GAP_PX ? before : after, middleY],
  };
  const [left, top] = places[side];
  return {
    left: Math.max(GAP_PX, Math.min(left, width - box.width - GAP_PX)),
    top: Math.max(GAP_PX, Math.min(top, height - box.height - GAP_PX)),
  };
}
