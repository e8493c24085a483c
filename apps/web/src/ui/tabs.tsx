// Tabs with a line under the one that is on; a count may stand beside a label.
import { Tabs as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { Count } from './badge.js';

export interface TabItem<V extends string> {
  value: V;
  label: string;
  count?: number;
}

export interface TabsProps<V extends string> {
  label: string;
  value: V;
  onValueChange: (value: V) => void;
  items: readonly TabItem<V>[];
  /** Stands at the right end of the bar. */
  end?: ReactNode;
  /** The panel of the tab that is on. */
  children?: ReactNode;
}

export function Tabs<V extends string>({ label, value, onValueChange, items, end, children }: TabsProps<V>) {
  return (
    <Radix.Root
      value={value}
      onValueChange={(next) => {
        const chosen = items.find((item) => item.value === next);
        if (chosen) onValueChange(chosen.value);
      }}
      className="flex min-h-0 min-w-0 flex-1 flex-col"
    >
      <div className="flex h-10 shrink-0 items-center gap-4 border-b border-line px-4">
        <Radix.List aria-label={label} className="flex h-full min-w-0 items-stretch gap-5 overflow-x-auto">
          {items.map((item) => (
            <Radix.Trigger
              key={item.value}
              value={item.value}
              className="relative inline-flex items-center gap-1.5 font-medium whitespace-nowrap text-text-3 outline-offset-[-2px] after:absolute after:inset-x-0 after:-bottom-px after:h-[1.5px] hover:text-text-2 data-[state=active]:text-text data-[state=active]:after:bg-text"
            >
              {item.label}
              {item.count !== undefined && <Count>{item.count}</Count>}
            </Radix.Trigger>
          ))}
        </Radix.List>
        <div className="ml-auto flex items-center gap-4">{end}</div>
      </div>
      {children !== undefined && (
        <Radix.Content value={value} className="min-h-0 flex-1 outline-offset-[-2px]">
          {children}
        </Radix.Content>
      )}
    </Radix.Root>
  );
}
