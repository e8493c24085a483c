// A number of tokens in a slot of fixed width, the exact number on hover.
import { cx } from 'class-variance-authority';
import { formatTokens } from '../lib/format.js';

const exact = new Intl.NumberFormat('en-US');

export function TokenCount({ value, className }: { value: number; className?: string }) {
  return (
    <span title={exact.format(value)} className={cx('nums inline-block min-w-10 text-right', className)}>
      {formatTokens(value)}
    </span>
  );
}
