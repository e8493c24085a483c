// Initials of a person; decoration, the name stands beside it or in the title.
import { cx } from 'class-variance-authority';

export function Avatar({ name, size = 'md' }: { name: string; size?: 'md' | 'xs' }) {
  const words = name.trim().split(/[\s._-]+/);
  const initials = (
    words.length > 1
      ? words
          .slice(0, 2)
          .map((word) => word.charAt(0))
          .join('')
      : name.slice(0, 2)
  ).toUpperCase();
  return (
    <span
      aria-hidden="true"
      title={name}
      className={cx(
        'inline-block shrink-0 rounded-full bg-raised-2 text-center font-strong text-text-2',
        size === 'md' ? 'size-[22px] text-[10px] leading-[22px]' : 'size-4 text-[8px] leading-4',
      )}
    >
      {initials}
    </span>
  );
}
