// The sums of a session as a line of numbers.
import type { Session, SessionUsageReply } from '@roundhouse/protocol';
import type { ReactNode } from 'react';
import { formatDuration, formatMoney, formatPercent, formatTokens } from '../../../lib/format.js';
import { t } from '../../../lib/i18n/t.js';
import { Card } from '../../../ui/card.js';
import { ContextMeter } from '../../../ui/meter.js';
import { allTokens } from '../../../lib/usage/usage-words.js';

export function TelemetryStats({ session, usage }: { session: Session; usage: SessionUsageReply }) {
  const { total } = usage;
  const context = usage.context ?? session.context;
  return (
    <Card className="mb-3 grid grid-cols-4 gap-y-1 py-1 max-lg:grid-cols-3 max-sm:grid-cols-2">
      <Stat label={t('usage.cost')} value={formatMoney(total.costNanos, total.costSource)}>
        {total.unpricedTokens > 0
          ? t('usage.unpriced', { n: formatTokens(total.unpricedTokens) })
          : (usage.priceTable ?? '')}
      </Stat>
      <Stat label={t('usage.tokens')} value={formatTokens(allTokens(total))}>
        {total.tokens.reasoning > 0 && `${formatTokens(total.tokens.reasoning)} ${t('usage.reasoning')}`}
      </Stat>
      <Stat
        label={t('usage.cacheHit')}
        value={total.cacheHit === null ? '—' : formatPercent(total.cacheHit)}
      />
      <Stat label={t('session.context')} value={context === null ? '—' : formatTokens(context.used)}>
        {context !== null && <ContextMeter used={context.used} window={context.window} />}
      </Stat>
      <Stat label={t('usage.requests')} value={String(total.requests)}>
        {t('usage.errors')} {total.errors} · {t('usage.retries')} {total.retries}
      </Stat>
      <Stat label={t('usage.work')} value={formatDuration(total.workingMs)}>
        {t('usage.waited', { span: formatDuration(total.waitingMs) })}
      </Stat>
      <Stat label={t('usage.lines')} value={`+${total.linesAdded} −${total.linesRemoved}`}>
        {t('usage.commits')} {total.commits} · {t('usage.pullRequests')} {total.pullRequests}
      </Stat>
      <Stat label={t('usage.promptsSent')} value={String(total.prompts)}>
        {usage.epochs.length > 1 && `${t('usage.epochs')} ${usage.epochs.length}`}
      </Stat>
    </Card>
  );
}

function Stat({ label, value, children }: { label: string; value: string; children?: ReactNode }) {
  return (
    <dl className="grid min-w-0 content-start gap-0.5 px-4 py-2">
      <dt className="text-12 text-text-3">{label}</dt>
      <dd className="nums text-20 font-strong tracking-20">{value}</dd>
      <dd className="nums min-h-4 truncate text-12 text-text-3 max-sm:whitespace-normal">{children}</dd>
    </dl>
  );
}
