// A cost in a slot of fixed width, right-aligned; an estimate carries ~ and says why on hover.
import type { CostSource } from '@roundhouse/protocol';
import { cx } from 'class-variance-authority';
import { formatMoney } from '../lib/format.js';
import { t } from '../lib/i18n/t.js';

export interface MoneyProps {
  /** Nano-dollars. */
  nanos: number | null;
  source?: CostSource;
  className?: string;
}

export function Money({ nanos, source = 'reported', className }: MoneyProps) {
  const none = nanos === null || source === 'none';
  const why = none ? t('ui.noCost') : source === 'estimated' ? t('ui.estimated') : undefined;
  return (
    <span
      title={why}
      className={cx('nums inline-block min-w-11 text-right', none && 'text-text-3', className)}
    >
      {formatMoney(nanos, source)}
    </span>
  );
}
