// Today's cost, tokens and burn rate of the whole fleet.
import { formatMoney, formatTokens } from '../../lib/format.js';
import { t } from '../../lib/i18n/t.js';
import { tokenSum } from './fleet-order.js';
import { useToday } from './fleet-activity.js';

export function Today() {
  const usage = useToday();
  if (!usage) return null;
  const { total, burn } = usage;
  const tokens = tokenSum(total);
  // Shells alone: there is nothing to add up.
  if (total.costSource === 'none' && tokens === 0) return null;
  return (
    <span className="nums text-12 text-text-3 max-sm:order-last max-sm:w-full" title={t('fleet.todayHint')}>
      {t('fleet.today')}{' '}
      <b className="font-medium text-text">{formatMoney(total.costNanos, total.costSource)}</b>
      {' · '}
      <b className="font-medium text-text">{formatTokens(tokens)}</b> {t('fleet.tokens')}
      <span className="max-lg:hidden max-sm:inline">
        {' · '}
        <b className="font-medium text-text">
          {formatMoney(
            burn?.costNanosPerHour ?? 0,
            burn !== null && burn.costNanosPerHour > 0 ? total.costSource : 'reported',
          )}
        </b>
        {t('fleet.perHour')}
      </span>
    </span>
  );
}
