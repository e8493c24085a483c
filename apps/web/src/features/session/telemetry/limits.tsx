// Windows of rate limits, how far they are used and when they begin anew.
import type { RateWindow } from '@roundhouse/protocol';
import { formatAbsolute, formatDuration, formatPercent } from '../../../lib/format.js';
import { t } from '../../../lib/i18n/t.js';
import { useNow } from '../../../lib/ticker.js';
import { PanelHead } from '../../../ui/card.js';
import { Meter } from '../../../ui/meter.js';

export function Limits({ limits }: { limits: readonly RateWindow[] }) {
  const now = useNow(30_000);
  return (
    <>
      <PanelHead title={t('usage.limits')} />
      <ul className="grid gap-3 px-4 py-3">
        {limits.map(({ name, usedPercent, resetsAt }) => {
          const share = usedPercent / 100;
          const percent = formatPercent(share);
          return (
            <li key={name} className="grid gap-1.5 text-12">
              <span className="flex gap-3">
                <span className="min-w-0 flex-1 truncate font-medium">{name}</span>
                {resetsAt !== null && (
                  <span className="text-text-3" title={formatAbsolute(Date.parse(resetsAt))}>
                    {Date.parse(resetsAt) <= now
                      ? t('usage.limitReset')
                      : t('usage.limitResets', { when: formatDuration(Date.parse(resetsAt) - now) })}
                  </span>
                )}
                <span className="nums min-w-9 text-right">{percent}</span>
              </span>
              <Meter
                block
                value={share}
                tone={share >= 0.95 ? 'danger' : 'accent'}
                label={t('usage.limitUsed', { percent, name })}
              />
            </li>
          );
        })}
      </ul>
    </>
  );
}
