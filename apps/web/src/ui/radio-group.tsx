// One of a few, each with its words on a line.
import { RadioGroup as Radix } from 'radix-ui';
import { useId, type ReactNode } from 'react';

export interface RadioOption<V extends string> {
  value: V;
  label: ReactNode;
  /** Stands behind the label in a quieter colour. */
  detail?: ReactNode;
  disabled?: boolean;
}

export interface RadioGroupProps<V extends string> {
  label: string;
  value: V;
  onValueChange: (value: V) => void;
  options: readonly RadioOption<V>[];
}

export function RadioGroup<V extends string>({ label, value, onValueChange, options }: RadioGroupProps<V>) {
  const id = useId();
  return (
    <Radix.Root
      aria-label={label}
      value={value}
      onValueChange={(next) => {
        const chosen = options.find((option) => option.value === next);
        if (chosen) onValueChange(chosen.value);
      }}
      className="grid content-start gap-2"
    >
      {options.map((option) => (
        <div key={option.value} className="flex min-w-0 items-center gap-2 pointer-coarse:min-h-11">
          <Radix.Item
            id={`${id}-${option.value}`}
            value={option.value}
            disabled={option.disabled ?? false}
            className="touch-target size-[15px] shrink-0 rounded-full border border-line-input bg-bg disabled:border-line-2 disabled:bg-raised data-[state=checked]:border-[4.5px] data-[state=checked]:border-accent"
          />
          <label
            htmlFor={`${id}-${option.value}`}
            className={option.disabled === true ? 'min-w-0 truncate text-text-3' : 'min-w-0 truncate'}
          >
            <span className="font-medium">{option.label}</span>
            {option.detail !== undefined && <span className="ml-2 text-12 text-text-3">{option.detail}</span>}
          </label>
        </div>
      ))}
    </Radix.Root>
  );
}
