// The terminal of a tile: attached while this is mounted, observing until somebody types into it.
import { hasEnded, type Host, type Session } from '@roundhouse/protocol';
import { cx } from 'class-variance-authority';
import { lazy, Suspense, useEffect } from 'react';
import { t } from '../../lib/i18n/t.js';
import { Spinner } from '../../ui/spinner.js';
import { KeyBar } from '../terminal/key-bar.js';
import { pressSticky } from '../terminal/phone-keys.js';
import { useTerminalSettings } from '../terminal/terminal-settings.js';
import { useMedia } from '../terminal/use-media.js';
import { useTerminal } from '../terminal/use-terminal.js';
import { pasteClipboard, takeControl, useTerminalView } from '../terminal/use-terminal-view.js';
import { TileNotice } from './tile-notice.js';

const TerminalDialogs = lazy(async () => ({
  default: (await import('../terminal/terminal-dialogs.js')).TerminalDialogs,
}));

export interface TileTerminalProps {
  session: Session;
  host: Host | undefined;
  screenReader: boolean;
  /** To have the focus as soon as it can. */
  entering: boolean;
  onEntered: () => void;
  /** The one key that is not the agent's. */
  onLeave: () => void;
}

export function TileTerminal(props: TileTerminalProps) {
  const { session, host, screenReader, entering, onEntered, onLeave } = props;
  const coarse = useMedia('(pointer: coarse)');
  const { container, terminal, failed } = useTerminal({
    ...{ session, screenReader, onLeave, hostState: host?.state, tile: true },
  });
  const { theme } = useTerminalSettings();
  const view = useTerminalView(terminal);
  const { state, word } = view;
  const focus = (): void => terminal?.host.focus();
  useEffect(() => {
    if (!entering || !terminal) return;
    terminal.host.focus();
    onEntered();
  }, [entering, terminal, onEntered]);
  return (
    <div className="relative flex min-h-0 flex-1 flex-col bg-term-bg" data-terminal-theme={theme}>
      <div
        data-terminal=""
        className={cx('min-h-0 flex-1 pt-2 pr-1 pb-1 pl-3 transition-opacity', view.dimmed && 'opacity-45')}
      >
        <div ref={container} className="scroll-thin size-full overflow-auto" />
      </div>
      {(word !== null || failed || !terminal) && !hasEnded(session.state) && (
        <Word word={failed ? t('terminal.loadFailed') : word} busy={!failed && state.phase !== 'refused'} />
      )}
      <TileNotice
        view={view}
        onTakeControl={() => takeControl(terminal)}
        onDismiss={() => terminal?.stream.dismissNotSent()}
        onRetry={() => void terminal?.stream.attach()}
      />
      {coarse && state.exit === null && (
        <KeyBar
          sticky={view.sticky}
          onKey={(key) => terminal?.press(key)}
          onSticky={(key) => terminal?.sticky.set(pressSticky(view.sticky, key))}
          onPaste={() => void pasteClipboard(terminal)}
        />
      )}
      <Suspense>
        {view.ask !== null && (
          <TerminalDialogs
            ask={view.ask}
            onPaste={(text) => terminal?.paste(text)}
            onClose={() => {
              terminal?.ask.set(null);
              // After the dialog has given the focus back.
              setTimeout(focus);
            }}
          />
        )}
      </Suspense>
    </div>
  );
}

function Word({ word, busy }: { word: string | null; busy: boolean }) {
  return (
    <span
      role="status"
      className="reveal-late absolute top-2 left-1/2 inline-flex -translate-x-1/2 items-center gap-2 rounded-full bg-popover px-3 py-1 text-12 whitespace-nowrap text-text-2 shadow-overlay"
    >
      {busy && <Spinner />} <span className="nums">{word ?? t('terminal.loading')}</span>
    </span>
  );
}
