// One key of the keyboard.
import { cx } from 'class-variance-authority';
import type { ReactNode } from 'react';

export function Kbd({ children, onInk = false }: { children: ReactNode; onInk?: boolean }) {
  return (
    <kbd
      className={cx(
        'inline-flex h-[18px] min-w-[18px] items-center justify-center rounded-xs border px-1 font-ui text-11 leading-none font-medium',
        onInk
          ? 'border-[color-mix(in_srgb,var(--on-ink)_26%,transparent)] text-[color-mix(in_srgb,var(--on-ink)_72%,transparent)]'
          : 'border-line-2 bg-surface text-text-3',
      )}
    >
      {children}
    </kbd>
  );
}
