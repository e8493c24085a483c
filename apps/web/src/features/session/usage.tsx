// What the session used: cost, tokens by kind, context.
import type { Host, Session } from '@roundhouse/protocol';
import { Link } from '@tanstack/react-router';
import { formatMoney, formatPercent, formatTokens } from '../../lib/format.js';
import { t, type PlainKey } from '../../lib/i18n/t.js';
import { contextTone, Meter } from '../../ui/meter.js';
import { TokenCount } from '../../ui/token-count.js';
import { profileOn, tellsUsage } from './resume-word.js';
import { Section } from './section.js';
import { cacheHit, totalTokens } from './session-words.js';

const kinds = [
  ['input', 'session.input', 'bg-d-1'],
  ['output', 'session.output', 'bg-d-2'],
  ['cacheRead', 'session.cacheRead', 'bg-d-3'],
  ['cacheCreation', 'session.cacheCreation', 'bg-d-4'],
] as const satisfies readonly (readonly [keyof Session['tokens'], PlainKey, string])[];

export function Usage({ session, host }: { session: Session; host?: Host | undefined }) {
  const total = totalTokens(session);
  const hit = cacheHit(session);
  const profile = profileOn(host, session);
  const { costNanos, costSource } = session;
  const costHint =
    costSource === 'estimated' ? t('ui.estimated') : costSource === 'none' ? t('ui.noCost') : undefined;
  return (
    <Section title={t('session.usage')}>
      <dl className="grid grid-cols-3 gap-2">
        <Stat label={t('session.cost')} value={formatMoney(costNanos, costSource)} hint={costHint} />
        <Stat label={t('session.tokensTotal')} value={total === 0 ? '—' : formatTokens(total)} />
        <Stat label={t('session.cacheHit')} value={hit === null ? '—' : formatPercent(hit)} />
      </dl>
      {total === 0 ? (
        <p className="text-12 text-text-3">
          {t(profile && !tellsUsage(profile) ? 'usage.notReportedHint' : 'session.usageNone')}
        </p>
      ) : (
        <Kinds session={session} total={total} />
      )}
      <ContextLine session={session} />
      {total > 0 && (
        <Link
          to="/sessions/$id"
          params={{ id: session.id }}
          search={{ tab: 'telemetry' }}
          className="touch-target justify-self-start rounded-xs text-12 font-medium text-accent hover:underline"
        >
          {t('session.allTelemetry')}
        </Link>
      )}
    </Section>
  );
}

function Stat({ label, value, hint }: { label: string; value: string; hint?: string | undefined }) {
  return (
    <div className="grid min-w-0">
      <dt className="text-12 text-text-3">{label}</dt>
      <dd className="nums truncate text-16 font-medium tracking-16" title={hint}>
        {value}
      </dd>
    </div>
  );
}

function Kinds({ session, total }: { session: Session; total: number }) {
  return (
    <>
      <div aria-hidden="true" className="flex h-1.5 gap-0.5 overflow-hidden rounded-full">
        {kinds.map(([kind, , colour]) => (
          <i
            key={kind}
            className={`${colour} min-w-px`}
            style={{
              flexGrow: session.tokens[kind] / total,
              display: session.tokens[kind] ? undefined : 'none',
            }}
          />
        ))}
      </div>
      <dl className="grid grid-cols-2 gap-x-6 gap-y-1 text-12">
        {kinds.map(([kind, label, colour]) => (
          <div key={kind} className="flex items-center gap-2">
            <span aria-hidden="true" className={`size-2 rounded-[2px] ${colour}`} />
            <dt className="text-text-2">{t(label)}</dt>
            <dd className="ml-auto">
              <TokenCount value={session.tokens[kind]} />
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function ContextLine({ session: { context } }: { session: Session }) {
  if (!context) return null;
  const { used, window } = context;
  if (window === null || window === 0)
    return (
      <p className="nums flex justify-between text-12 text-text-3">
        {t('session.context')} <span className="text-text">{formatTokens(used)}</span>
      </p>
    );
  const share = used / window;
  return (
    <div className="flex items-center gap-3 text-12 text-text-3">
      {t('session.context')}
      <span className="min-w-0 flex-1">
        <Meter
          block
          value={share}
          tone={contextTone(share)}
          label={t('ui.contextUsed', { percent: formatPercent(share) })}
        />
      </span>
      <span className="nums text-text">
        {formatTokens(used)} / {formatTokens(window)}
      </span>
    </div>
  );
}
