// On or off, at once; use Checkbox where a form is sent later.
import { Switch as Radix } from 'radix-ui';
import { useId, type ReactNode } from 'react';

export interface SwitchProps {
  checked: boolean;
  onCheckedChange: (checked: boolean) => void;
  label: ReactNode;
  disabled?: boolean;
}

export function Switch({ checked, onCheckedChange, label, disabled = false }: SwitchProps) {
  const id = useId();
  return (
    <span className="inline-flex items-center gap-2">
      <Radix.Root
        id={id}
        checked={checked}
        onCheckedChange={onCheckedChange}
        disabled={disabled}
        className="touch-target flex h-4 w-[26px] shrink-0 items-center rounded-full border border-line-input bg-raised-2 px-0.5 transition-colors data-[state=checked]:border-accent data-[state=checked]:bg-accent"
      >
        <Radix.Thumb className="size-2.5 rounded-full bg-text-2 transition-transform data-[state=checked]:translate-x-2.5 data-[state=checked]:bg-bg" />
      </Radix.Root>
      <label htmlFor={id} className={disabled ? 'text-text-3' : 'text-text-2'}>
        {label}
      </label>
    </span>
  );
}
