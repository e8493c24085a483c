// One budget: what it is about, how far it is used, what happens then.
import type { BudgetState } from '@roundhouse/protocol';
import { Trash2 } from 'lucide-react';
import { formatMoney, formatTokens } from '../../lib/format.js';
import { t } from '../../lib/i18n/t.js';
import { Badge } from '../../ui/badge.js';
import { IconButton } from '../../ui/icon-button.js';
import { Meter } from '../../ui/meter.js';

/** From here on it is worth a look. */
const NEARLY = 0.8;

export interface BudgetRowProps {
  budget: BudgetState;
  /** What it is about. */
  name: string;
  onRemove: (() => void) | null;
}

export function BudgetRow({ budget, name, onRemove }: BudgetRowProps) {
  const share = shareOf(budget);
  const tone = budget.spent ? 'danger' : share >= NEARLY ? 'high' : 'accent';
  return (
    <li className="flex min-w-0 items-center gap-3 border-b border-line px-4 py-3 last:border-b-0">
      <div className="grid min-w-0 flex-1 gap-1.5">
        <span className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1">
          <span className="min-w-0 truncate font-medium" title={budget.scopeKey ?? undefined}>
            {name}
          </span>
          <span className="text-12 text-text-3">{t(`usage.budget.period.${budget.period}`)}</span>
          <span className="ml-auto">
            <Badge tone={budget.spent ? 'danger' : 'neutral'}>
              {t(budget.spent ? `usage.budget.did.${budget.action}` : `usage.budget.does.${budget.action}`)}
            </Badge>
          </span>
        </span>
        <Meter block tone={tone} value={share} label={t('usage.budget.used', { name })} />
        <span className="nums flex flex-wrap gap-x-3 text-12 text-text-3">
          {budget.limitNanos !== null && (
            <span>
              {t('usage.budget.of', {
                used: formatMoney(budget.usedNanos),
                limit: formatMoney(budget.limitNanos),
              })}
            </span>
          )}
          {budget.limitTokens !== null && (
            <span>
              {t('usage.budget.tokensOf', {
                used: formatTokens(budget.usedTokens),
                limit: formatTokens(budget.limitTokens),
              })}
            </span>
          )}
          {budget.period === 'session' && budget.scope !== 'session' && <span>{t('usage.budget.most')}</span>}
        </span>
      </div>
      {onRemove && (
        <IconButton label={t('usage.budget.removeOf', { name })} onClick={onRemove}>
          <Trash2 aria-hidden="true" />
        </IconButton>
      )}
    </li>
  );
}

/** Of the limit that is reached first. */
const shareOf = ({ limitNanos, limitTokens, usedNanos, usedTokens }: BudgetState): number =>
  Math.max(
    limitNanos === null ? 0 : usedNanos / limitNanos,
    limitTokens === null ? 0 : usedTokens / limitTokens,
  );
