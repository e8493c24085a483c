// Lines above the terminal: what was not sent, who else types, what is missing, why nothing comes.
import { Keyboard } from 'lucide-react';
import { t } from '../../lib/i18n/t.js';
import { Banner } from '../../ui/banner.js';
import { Button } from '../../ui/button.js';
import { formatBytes } from '../../lib/format.js';
import { typistWord, type Typist } from './describe.js';
import type { TerminalState } from './terminal-state.js';

export interface TerminalNoticesProps {
  state: TerminalState;
  typist: Typist;
  /** The user may type at all. */
  mayType: boolean;
  /** The dropped bytes were read about already. */
  droppedSeen: boolean;
  onTakeControl: () => void;
  onDismissNotSent: () => void;
  onDismissDropped: () => void;
  onRetry: () => void;
}

export function TerminalNotices(props: TerminalNoticesProps) {
  const { state, typist, mayType, droppedSeen } = props;
  const running = state.exit === null;
  const foreign = running && state.phase === 'live' && typist === 'other';
  const notSent = running ? state.notSent : null;
  return (
    <>
      {notSent && <NotSent {...props} />}
      <Unattached {...props} />
      {foreign && notSent?.code !== 'NOT_CONTROLLER' && (
        <Banner
          title={typistWord(typist, state.controller?.user ?? '')}
          action={mayType && <TakeControl onTakeControl={props.onTakeControl} />}
        />
      )}
      {state.dropped > 0 && !droppedSeen && (
        <Banner
          title={t('terminal.dropped', { bytes: formatBytes(state.dropped) })}
          action={<Dismiss onDismiss={props.onDismissDropped} />}
        />
      )}
    </>
  );
}

function Unattached({ state: { phase, error }, onRetry }: TerminalNoticesProps) {
  const again = <Retry onRetry={onRetry} />;
  if (phase === 'unreachable')
    return (
      <Banner icon="offline" title={t('terminal.unreachable')} action={again}>
        {t('terminal.unreachableHint')}
      </Banner>
    );
  if (phase === 'refused' && error)
    return (
      <Banner icon="alert" tone="danger" title={error.message} action={again}>
        {error.hint}
      </Banner>
    );
  return null;
}

function NotSent({ state, mayType, onTakeControl, onDismissNotSent }: TerminalNoticesProps) {
  if (!state.notSent) return null;
  const { code, message, hint } = state.notSent;
  return (
    <Banner
      icon="alert"
      tone="danger"
      title={t('terminal.notSent')}
      action={
        code === 'NOT_CONTROLLER' && mayType ? (
          <TakeControl onTakeControl={onTakeControl} />
        ) : (
          <Dismiss onDismiss={onDismissNotSent} />
        )
      }
    >
      {message}. {hint}
    </Banner>
  );
}

const Retry = ({ onRetry }: { onRetry: () => void }) => (
  <Button size="sm" onClick={onRetry}>
    {t('terminal.tryAgain')}
  </Button>
);

const Dismiss = ({ onDismiss }: { onDismiss: () => void }) => (
  <Button size="sm" variant="ghost" onClick={onDismiss}>
    {t('terminal.dismiss')}
  </Button>
);

export const TakeControl = ({ onTakeControl }: { onTakeControl: () => void }) => (
  <Button size="sm" icon={<Keyboard aria-hidden="true" />} onClick={onTakeControl}>
    {t('terminal.takeControl')}
  </Button>
);
