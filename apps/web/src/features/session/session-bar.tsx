// The line under the header: which view this is, what the session used so far, and the switch of the side panel.
import { hasEnded, type Session } from '@roundhouse/protocol';
import { PanelRight } from 'lucide-react';
import { t } from '../../lib/i18n/t.js';
import { formatTokens } from '../../lib/format.js';
import { IconButton } from '../../ui/icon-button.js';
import { ContextMeter } from '../../ui/meter.js';
import { Money } from '../../ui/money.js';
import { Elapsed } from '../../ui/relative-time.js';
import { totalTokens } from './session-words.js';

export interface SessionBarProps {
  session: Session;
  panel: boolean;
  onPanel: () => void;
}

export function SessionBar({ session, panel, onPanel }: SessionBarProps) {
  return (
    <div className="flex h-10 shrink-0 items-center gap-4 border-b border-line px-4 text-12 max-sm:hidden">
      <h2 className="relative flex h-full items-center text-13 font-medium after:absolute after:inset-x-0 after:-bottom-px after:h-[1.5px] after:bg-text">
        {t('session.terminal')}
      </h2>
      <div className="ml-auto flex items-center gap-4 text-text-3">
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
  return (
    <>
      <Money nanos={session.costNanos} source={costSource} className="font-strong text-text" />
      <span className="nums">
        <span className="font-strong text-text">{formatTokens(total)}</span> {t('session.tokensWord')}
      </span>
      <ContextMeter used={context?.used ?? 0} window={context?.window ?? null} className="max-md:hidden" />
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
