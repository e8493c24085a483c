// A short, plain choice: the browser's own list, so that phones and screen readers have theirs.
// For rich or long lists use Combobox.
import { cx } from 'class-variance-authority';
import { ChevronDown } from 'lucide-react';
import type { ComponentProps } from 'react';
import { fieldStyle } from './input.js';

export interface SelectOption<V extends string> {
  value: V;
  label: string;
  disabled?: boolean;
}

export interface SelectProps<V extends string> extends Omit<
  ComponentProps<'select'>,
  'value' | 'onChange' | 'size'
> {
  value: V;
  onValueChange: (value: V) => void;
  options: readonly SelectOption<V>[];
}

export function Select<V extends string>({
  value,
  onValueChange,
  options,
  className,
  ...rest
}: SelectProps<V>) {
  return (
    <div className="relative min-w-0">
      <select
        className={cx(fieldStyle(), 'appearance-none pr-8', className)}
        value={value}
        onChange={(event) => {
          const chosen = options.find((option) => option.value === event.target.value);
          if (chosen) onValueChange(chosen.value);
        }}
        {...rest}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value} disabled={option.disabled}>
            {option.label}
          </option>
        ))}
      </select>
      <ChevronDown
        className="pointer-events-none absolute inset-y-0 right-2.5 my-auto size-3.5 text-text-3"
        aria-hidden="true"
      />
    </div>
  );
}
