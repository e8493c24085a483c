// A box with its words; the whole line is the target.
import { Check } from 'lucide-react';
import { Checkbox as Radix } from 'radix-ui';
import { useId, type ReactNode } from 'react';

export interface CheckboxProps {
  checked: boolean;
  onCheckedChange: (checked: boolean) => void;
  label: ReactNode;
  /** A second line: why it is on, what it does. */
  hint?: ReactNode;
  disabled?: boolean;
}

export function Checkbox({ checked, onCheckedChange, label, hint, disabled = false }: CheckboxProps) {
  const id = useId();
  return (
    <div className="flex min-w-0 items-start gap-2 pointer-coarse:min-h-11 pointer-coarse:py-2.5">
      <Radix.Root
        id={id}
        checked={checked}
        onCheckedChange={(next) => onCheckedChange(next === true)}
        disabled={disabled}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        className="touch-target mt-0.5 grid size-[15px] shrink-0 place-items-center rounded-xs border border-line-input bg-bg text-bg disabled:border-line-2 disabled:bg-raised data-[state=checked]:border-accent data-[state=checked]:bg-accent"
      >
        <Radix.Indicator>
          <Check className="size-[11px]" strokeWidth={3} aria-hidden="true" />
        </Radix.Indicator>
      </Radix.Root>
      <div className="min-w-0 flex-1">
        <label htmlFor={id} className={disabled ? 'text-text-3' : 'font-medium'}>
          {label}
        </label>
        {hint !== undefined && (
          <div id={`${id}-hint`} className="text-12 text-text-3">
            {hint}
          </div>
        )}
      </div>
    </div>
  );
}
