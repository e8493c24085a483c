// The line under the header: which view this is, what the session used so far, and the switch of the side panel.
import { hasEnded, type Session } from '@roundhouse/protocol';
import { cx } from 'class-variance-authority';
import { PanelRight } from 'lucide-react';
import { t } from '../../lib/i18n/t.js';
import { formatTokens } from '../../lib/format.js';
import { IconButton } from '../../ui/icon-button.js';
import { ContextMeter } from '../../ui/meter.js';
import { Money } from '../../ui/money.js';
import { Elapsed } from '../../ui/relative-time.js';
import { tellsUsage, useProfile } from './resume-word.js';
import { sessionTabs, type SessionTab } from './session-search.js';
import { totalTokens } from './session-words.js';

export interface SessionBarProps {
  session: Session;
  tab: SessionTab;
  onTab: (tab: SessionTab) => void;
  panel: boolean;
  onPanel: () => void;
}

export function SessionBar({ session, tab, onTab, panel, onPanel }: SessionBarProps) {
  return (
    <div
      className={cx(
        'flex h-10 shrink-0 items-center gap-4 border-b border-line px-4 text-12',
        // A phone has no room to spare beside a terminal; the panel leads to the other tab.
        tab === 'terminal' && 'max-sm:hidden',
      )}
    >
      <div role="group" aria-label={t('session.views')} className="flex h-full items-stretch gap-5">
        {sessionTabs.map((each) => (
          <button
            key={each}
            type="button"
            aria-pressed={each === tab}
            onClick={() => onTab(each)}
            className="relative inline-flex items-center text-13 font-medium text-text-3 outline-offset-[-2px] after:absolute after:inset-x-0 after:-bottom-px after:h-[1.5px] hover:text-text-2 aria-pressed:text-text aria-pressed:after:bg-text pointer-coarse:min-w-11"
          >
            {t(`session.tab.${each}`)}
          </button>
        ))}
      </div>
      <div className="ml-auto flex items-center gap-4 text-text-3 max-sm:hidden">
        <SessionNumbers session={session} />
        <IconButton
          label={panel ? t('session.closePanel') : t('session.openPanel')}
          pressed={panel}
          onClick={onPanel}
        >
          <PanelRight aria-hidden="true" />
        </IconButton>
      </div>
    </div>
  );
}

function SessionNumbers({ session }: { session: Session }) {
  const total = totalTokens(session);
  const { context, startedAt, endedAt, costSource } = session;
  const ended = hasEnded(session.state);
  const tells = tellsUsage(useProfile(session)) || total > 0 || costSource !== 'none';
  return (
    <>
      {tells && (
        <>
          <Money nanos={session.costNanos} source={costSource} className="font-strong text-text" />
          <span className="nums">
            <span className="font-strong text-text">{formatTokens(total)}</span> {t('session.tokensWord')}
          </span>
          <ContextMeter
            used={context?.used ?? 0}
            window={context?.window ?? null}
            className="max-md:hidden"
          />
        </>
      )}
      {startedAt !== null && (!ended || endedAt !== null) && (
        <Elapsed
          from={startedAt}
          {...(ended && endedAt !== null ? { to: endedAt } : {})}
          className="min-w-12 text-right"
        />
      )}
    </>
  );
}
