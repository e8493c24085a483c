// Which models a session used, for what, and when: changes of the model, subagents, helpers.
import type { SessionUsageReply } from '@roundhouse/protocol';
import { formatTime, formatTokens } from '../../../lib/format.js';
import { t } from '../../../lib/i18n/t.js';
import { PanelHead } from '../../../ui/card.js';
import { Money } from '../../../ui/money.js';
import { allTokens } from '../../../lib/usage/usage-words.js';

export function ModelTable({ usage: { models, total } }: { usage: SessionUsageReply }) {
  return (
    <>
      <PanelHead title={t('usage.models')} />
      <ul className="grid px-4 py-1">
        {models.map((use) => (
          <li
            key={`${use.model ?? ''}/${use.agent ?? ''}/${use.role}`}
            className="flex min-h-9 min-w-0 items-center gap-3 border-b border-line text-12 last:border-0"
          >
            <span className="min-w-0 flex-1 truncate" title={use.model ?? undefined}>
              <span className="min-w-14! text-13 font-medium">{use.model ?? t('usage.unknownModel')}</span>
              <span className="ml-2 text-text-3">
                {t(`usage.role.${use.role}`)}
                {use.agent !== null && ` · ${use.agent}`}
              </span>
            </span>
            <span className="nums text-text-3 max-sm:hidden">
              {formatTime(Date.parse(use.firstAt))} – {formatTime(Date.parse(use.lastAt))}
            </span>
            <span className="nums min-w-10 text-right text-text-3">{formatTokens(allTokens(use))}</span>
            <Money
              nanos={use.costNanos}
              source={
                total.costSource === 'estimated' && use.costNanos > 0
                  ? 'estimated'
                  : use.costNanos > 0
                    ? 'reported'
                    : 'none'
              }
              className="min-w-14! text-13 font-medium"
            />
          </li>
        ))}
      </ul>
    </>
  );
}
