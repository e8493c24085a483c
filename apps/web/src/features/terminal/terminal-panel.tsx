// The terminal with everything round it: notices, find, status line, keys of a phone, dialogs.
import { useQuery } from '@tanstack/react-query';
import type { Session } from '@roundhouse/protocol';
import { lazy, Suspense, useCallback, useRef, useState, type ReactNode } from 'react';
import { t } from '../../lib/i18n/t.js';
import { hostQuery } from '../../lib/query.js';
import { openSheet } from '../../lib/overlay.js';
import { FindBar } from './find-bar.js';
import { FirstHint, hintWasShown } from './first-hint.js';
import { KeyBar } from './key-bar.js';
import { pressSticky } from './phone-keys.js';
import { StatusBar } from './status-bar.js';
import { TerminalNotices } from './terminal-notices.js';
import { TerminalStage } from './terminal-stage.js';
import { initialState } from './terminal-state.js';
import { useKeyboardInset } from './use-keyboard-inset.js';
import { phoneQuery, useMedia } from './use-media.js';
import { useTerminal } from './use-terminal.js';
import { copySelection, pasteClipboard, takeControl, useTerminalView } from './use-terminal-view.js';

const TerminalDialogs = lazy(async () => ({
  default: (await import('./terminal-dialogs.js')).TerminalDialogs,
}));

export interface TerminalPanelProps {
  session: Session;
  /** Absent where the page is a window of its own already. */
  onPopOut?: () => void;
  /** Lies over the terminal while there is nothing to show: queued, starting, failed. */
  cover?: ReactNode;
  /** Stands under the terminal: how the session ended, and what next. */
  foot?: ReactNode;
}

export function TerminalPanel({ session, onPopOut, cover, foot }: TerminalPanelProps) {
  const phone = useMedia(phoneQuery);
  const coarse = useMedia('(pointer: coarse)');
  const inset = useKeyboardInset();
  const { data: host } = useQuery(hostQuery(session.hostId));
  const bar = useRef<HTMLDivElement>(null);
  const [finding, setFinding] = useState(false);
  const [screenReader, setScreenReader] = useState(false);
  const [droppedSeen, setDroppedSeen] = useState(0);
  const [hint, setHint] = useState<'unseen' | 'shown' | 'seen'>(() => (hintWasShown() ? 'seen' : 'unseen'));
  const endHint = useCallback(() => setHint('seen'), []);
  const leave = useCallback(() => {
    setHint('seen');
    bar.current?.querySelector<HTMLElement>('[data-first]')?.focus();
  }, []);
  const { container, terminal, failed } = useTerminal({
    session,
    screenReader,
    hostState: host?.state,
    onLeave: leave,
  });
  const view = useTerminalView(terminal);
  const { state, typist, mayType, word, sticky } = view;
  const covered = cover !== undefined;
  const focus = (): void => terminal?.host.focus();
  const find = (): void => {
    setFinding(true);
    // Without it nothing is found, which the bar says.
    terminal?.host.prepareFind().catch(() => undefined);
  };
  const closeFind = (): void => {
    setFinding(false);
    terminal?.host.clearFind();
    focus();
  };
  return (
    <section
      aria-label={t('terminal.label', { name: session.name })}
      className="flex min-h-0 min-w-0 flex-1 flex-col bg-term-bg"
      style={{ paddingBottom: inset }}
    >
      <TerminalNotices
        state={covered ? initialState : state}
        typist={typist}
        mayType={mayType}
        droppedSeen={droppedSeen >= state.dropped}
        onTakeControl={() => takeControl(terminal)}
        onDismissNotSent={() => terminal?.stream.dismissNotSent()}
        onDismissDropped={() => setDroppedSeen(state.dropped)}
        onRetry={() => void terminal?.stream.attach()}
      />
      <TerminalStage
        container={container}
        phase={failed ? 'failed' : terminal ? 'ready' : 'loading'}
        controls={state.controls}
        dimmed={view.dimmed}
        word={word}
        cover={cover}
        onFocus={() => hint === 'unseen' && !coarse && setHint('shown')}
      >
        {finding && terminal && (
          <FindBar onFind={(query, options) => terminal.host.find(query, options)} onClose={closeFind} />
        )}
        {hint === 'shown' && <FirstHint onEnd={endHint} />}
      </TerminalStage>
      {foot}
      {(phone || coarse) && state.exit === null && !covered && (
        <KeyBar
          sticky={sticky}
          onKey={(key) => terminal?.press(key)}
          onSticky={(key) => terminal?.sticky.set(pressSticky(sticky, key))}
          onPaste={() => void pasteClipboard(terminal)}
        />
      )}
      {!phone && (
        <StatusBar
          ref={bar}
          state={state}
          typist={typist}
          mayType={mayType}
          word={word}
          selected={view.selected}
          screenReader={screenReader}
          onFind={find}
          onCopy={() => void copySelection(terminal)}
          onTakeControl={() => takeControl(terminal)}
          onScreenReader={() => setScreenReader(!screenReader)}
          onPalette={() => openSheet('palette')}
          onBack={focus}
          onPopOut={onPopOut}
        />
      )}
      <Suspense>
        {view.ask !== null && (
          <TerminalDialogs
            ask={view.ask}
            onPaste={(text) => terminal?.host.paste(text)}
            onClose={() => {
              terminal?.ask.set(null);
              // After the dialog has given the focus back.
              setTimeout(focus);
            }}
          />
        )}
      </Suspense>
    </section>
  );
}
