// One line of text. Its border is 3:1 on the surface; the ring sits on the edge.
import { cva, cx } from 'class-variance-authority';
import { Eye, EyeOff } from 'lucide-react';
import { useState, type ComponentProps, type ReactNode } from 'react';
import { t } from '../lib/i18n/t.js';

/** The frame that all text controls share. */
export const fieldStyle = cva(
  [
    'w-full min-w-0 rounded-sm border border-line-input bg-bg text-text outline-offset-[-1px]',
    'focus-visible:outline-2 focus-visible:outline-accent aria-invalid:border-danger',
    'disabled:border-line-2 disabled:bg-raised disabled:text-text-3 pointer-coarse:min-h-11 pointer-coarse:text-16',
  ],
  {
    variants: { size: { md: 'h-8 px-2.5 text-13', lg: 'h-10 px-3 text-14' } },
    defaultVariants: { size: 'md' },
  },
);

export interface InputProps extends Omit<ComponentProps<'input'>, 'size'> {
  size?: 'md' | 'lg';
  mono?: boolean;
  /** An icon before the text. */
  lead?: ReactNode;
}

export function Input({ size = 'md', mono = false, lead, className, ...rest }: InputProps) {
  const input = (
    <input
      className={cx(fieldStyle({ size }), mono && 'mono', lead !== undefined && 'pl-8', className)}
      autoComplete="off"
      spellCheck={false}
      {...rest}
    />
  );
  if (lead === undefined) return input;
  return (
    <div className="relative min-w-0">
      <span className="pointer-events-none absolute inset-y-0 left-2.5 flex items-center text-text-3 [&>svg]:size-3.5">
        {lead}
      </span>
      {input}
    </div>
  );
}

/** A password with an eye to show it. */
export function PasswordInput({ className, ...rest }: Omit<InputProps, 'type' | 'lead'>) {
  const [shown, setShown] = useState(false);
  const Icon = shown ? EyeOff : Eye;
  return (
    <div className="relative min-w-0">
      <Input type={shown ? 'text' : 'password'} className={cx('pr-10', className)} {...rest} />
      <button
        type="button"
        className="touch-target absolute inset-y-0 right-1 my-auto flex size-8 items-center justify-center rounded-sm text-text-3 hover:text-text"
        aria-label={shown ? t('ui.hidePassword') : t('ui.showPassword')}
        aria-pressed={shown}
        onClick={() => setShown(!shown)}
      >
        <Icon className="size-4" aria-hidden="true" />
      </button>
    </div>
  );
}
