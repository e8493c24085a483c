// A choice of two to four that changes the view at once.
import { ToggleGroup as Radix } from 'radix-ui';
import type { ReactNode } from 'react';

export interface SegmentedOption<V extends string> {
  value: V;
  label: string;
  /** With an icon the label is spoken, not shown. */
  icon?: ReactNode;
}

export interface SegmentedProps<V extends string> {
  label: string;
  value: V;
  onValueChange: (value: V) => void;
  options: readonly SegmentedOption<V>[];
}

export function Segmented<V extends string>({ label, value, onValueChange, options }: SegmentedProps<V>) {
  return (
    <Radix.Root
      type="single"
      aria-label={label}
      value={value}
      onValueChange={(next) => {
        const chosen = options.find((option) => option.value === next);
        if (chosen) onValueChange(chosen.value);
      }}
      className="inline-flex shrink-0 gap-px rounded-[7px] border border-line bg-raised p-0.5"
    >
      {options.map((option) => (
        <Radix.Item
          key={option.value}
          value={option.value}
          aria-label={option.label}
          title={option.icon === undefined ? undefined : option.label}
          className="touch-target inline-flex h-[22px] min-w-[26px] items-center justify-center gap-1.5 rounded-[5px] px-2 text-12 font-medium text-text-3 hover:text-text-2 data-[state=on]:bg-raised-2 data-[state=on]:text-text data-[state=on]:shadow-btn light:data-[state=on]:bg-surface light:data-[state=on]:shadow-[0_0_0_1px_var(--line-2)] pointer-coarse:h-9 [&>svg]:size-3.5"
        >
          {option.icon ?? option.label}
        </Radix.Item>
      ))}
    </Radix.Root>
  );
}
