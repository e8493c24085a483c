// The one line under a tile's terminal when typing is not simply possible: who types, what was not sent, why nothing comes.
import type { ReactNode } from 'react';
import { t } from '../../lib/i18n/t.js';
import { Button } from '../../ui/button.js';
import { typistWord } from '../terminal/describe.js';
import type { TerminalViewState } from '../terminal/use-terminal-view.js';

export interface TileNoticeProps {
  view: TerminalViewState;
  onTakeControl: () => void;
  onDismiss: () => void;
  onRetry: () => void;
}

export function TileNotice({ view, onTakeControl, onDismiss, onRetry }: TileNoticeProps) {
  const { state, typist, mayType } = view;
  if (state.exit !== null) return null;
  const take = mayType && (
    <Button size="sm" onClick={onTakeControl}>
      {t('terminal.takeControl')}
    </Button>
  );
  if (state.notSent) {
    const { code, message } = state.notSent;
    const refused = code === 'NOT_CONTROLLER' && mayType;
    return (
      <Line
        tone="danger"
        action={refused ? take : <Again label={t('terminal.dismiss')} onClick={onDismiss} />}
      >
        {t('terminal.notSent')}: {message}
      </Line>
    );
  }
  if (state.phase === 'refused' || state.phase === 'unreachable')
    return (
      <Line tone="plain" action={<Again label={t('terminal.tryAgain')} onClick={onRetry} />}>
        {state.phase === 'unreachable' ? t('terminal.unreachable') : state.error?.message}
      </Line>
    );
  if (state.phase === 'live' && typist === 'other')
    return (
      <Line tone="plain" action={take}>
        {typistWord(typist, state.controller?.user ?? '')}
      </Line>
    );
  return null;
}

const Again = ({ label, onClick }: { label: string; onClick: () => void }) => (
  <Button size="sm" variant="ghost" onClick={onClick}>
    {label}
  </Button>
);

interface LineProps {
  tone: 'plain' | 'danger';
  action: ReactNode;
  children: ReactNode;
}

function Line({ tone, action, children }: LineProps) {
  return (
    <div
      role="status"
      className={
        tone === 'danger'
          ? 'flex h-8 shrink-0 items-center gap-2 border-t border-danger-line bg-danger-soft px-3 text-12 text-text'
          : 'flex h-8 shrink-0 items-center gap-2 border-t border-line bg-surface px-3 text-12 text-text-2'
      }
    >
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {action}
    </div>
  );
}
