// The tooltip: a name or a short explanation, never the only place of an information.
import { Tooltip as Radix } from 'radix-ui';
import type { ReactElement, ReactNode } from 'react';
import { Kbd } from './kbd.js';

export interface TooltipProps {
  content: ReactNode;
  children: ReactElement;
  side?: 'top' | 'right' | 'bottom' | 'left';
  keys?: readonly string[];
}

export function Tooltip({ content, children, side = 'bottom', keys = [] }: TooltipProps) {
  return (
    <Radix.Provider delayDuration={400}>
      <Radix.Root>
        <Radix.Trigger asChild>{children}</Radix.Trigger>
        <Radix.Portal>
          <Radix.Content
            side={side}
            sideOffset={6}
            collisionPadding={8}
            className="appear z-60 flex max-w-80 items-center gap-2 rounded-sm bg-popover px-2 py-1 text-12 text-text-2 shadow-overlay"
          >
            {content}
            {keys.map((key) => (
              <Kbd key={key}>{key}</Kbd>
            ))}
          </Radix.Content>
        </Radix.Portal>
      </Radix.Root>
    </Radix.Provider>
  );
}
