// The terminal with everything round it: notices, find, status line, keys of a phone, dialogs.
import { useQuery } from '@tanstack/react-query';
import type { Session } from '@roundhouse/protocol';
import { cx } from 'class-variance-authority';
import { useCallback, useRef, useState, type ReactNode } from 'react';
import { ApiError } from '../../lib/api-error.js';
import { useConnection } from '../../lib/connection.js';
import { t } from '../../lib/i18n/t.js';
import { hostQuery, meQuery } from '../../lib/query.js';
import { createStore, useStore } from '../../lib/store.js';
import { Button } from '../../ui/button.js';
import { copyText } from '../../ui/copy-button.js';
import { EmptyState } from '../../ui/empty-state.js';
import { Spinner } from '../../ui/spinner.js';
import { toast } from '../../ui/toast.js';
import { openSheet } from '../shell/shell-state.js';
import { connectionWord, typistOf } from './describe.js';
import { FindBar } from './find-bar.js';
import { FirstHint, hintWasShown } from './first-hint.js';
import { KeyBar } from './key-bar.js';
import { noSticky, pressSticky } from './phone-keys.js';
import { StatusBar } from './status-bar.js';
import type { Ask } from './terminal-controller.js';
import { TerminalDialogs } from './terminal-dialogs.js';
import { TerminalNotices } from './terminal-notices.js';
import { initialState } from './terminal-stream.js';
import { useKeyboardInset } from './use-keyboard-inset.js';
import { phoneQuery, useMedia } from './use-media.js';
import { useTerminal } from './use-terminal.js';

export interface TerminalPanelProps {
  session: Session;
  /** Absent where the page is a window of its own already. */
  onPopOut?: () => void;
  /** Lies over the terminal while there is nothing to show: queued, starting, failed. */
  cover?: ReactNode;
  /** Stands under the terminal: how the session ended, and what next. */
  foot?: ReactNode;
}

/** Stands in until the emulator is loaded. */
const noTerminal = createStore(initialState);
const noAsk = createStore<Ask>(null);
const noKeys = createStore(noSticky);
const noSelection = createStore(false);

export function TerminalPanel({ session, onPopOut, cover, foot }: TerminalPanelProps) {
  const phone = useMedia(phoneQuery);
  const coarse = useMedia('(pointer: coarse)');
  const inset = useKeyboardInset();
  const connection = useConnection();
  const { data: auth } = useQuery(meQuery);
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
  const state = useStore(terminal?.stream.state ?? noTerminal);
  const ask = useStore(terminal?.ask ?? noAsk);
  const sticky = useStore(terminal?.sticky ?? noKeys);
  const selected = useStore(terminal?.selected ?? noSelection);

  const me = auth?.kind === 'in' ? auth.me : undefined;
  const mayType = me?.permissions.includes('session.input') ?? false;
  const typist = typistOf(state, me?.username);
  const word = terminal ? connectionWord(state, connection) : null;
  const dimmed = terminal !== null && (state.phase === 'detached' || state.phase === 'unreachable');

  const copy = async (): Promise<void> => {
    const text = terminal?.host.selection() ?? '';
    if (text === '') return toast.done(t('terminal.copyNothing'));
    if (await copyText(text)) toast.done(t('terminal.copied'));
    else toast.error(new ApiError('ABORTED', { message: t('ui.copyFailed'), hint: t('ui.copyFailedHint') }));
    terminal?.host.focus();
  };
  const paste = async (): Promise<void> => {
    try {
      terminal?.offerPaste(await navigator.clipboard.readText());
    } catch {
      toast.error(
        new ApiError('ABORTED', { message: t('terminal.pasteFailed'), hint: t('terminal.pasteFailedHint') }),
      );
    }
  };
  const takeControl = (): void => {
    terminal?.stream.takeControl().catch((error: unknown) => toast.error(error));
    terminal?.host.focus();
  };
  const closeFind = (): void => {
    setFinding(false);
    terminal?.host.clearFind();
    terminal?.host.focus();
  };

  return (
    <section
      aria-label={t('terminal.label', { name: session.name })}
      className="flex min-h-0 min-w-0 flex-1 flex-col bg-term-bg"
      style={{ paddingBottom: inset }}
    >
      <TerminalNotices
        state={cover === undefined ? state : initialState}
        typist={typist}
        mayType={mayType}
        droppedSeen={droppedSeen >= state.dropped}
        onTakeControl={takeControl}
        onDismissNotSent={() => terminal?.stream.dismissNotSent()}
        onDismissDropped={() => setDroppedSeen(state.dropped)}
        onRetry={() => void terminal?.stream.attach()}
      />
      <div className="relative flex min-h-0 flex-1 flex-col">
        {finding && terminal && (
          <FindBar onFind={(query, options) => terminal.host.find(query, options)} onClose={closeFind} />
        )}
        <div
          data-terminal=""
          className={cx(
            'min-h-0 flex-1 pt-3 pr-1 pb-1 pl-5 transition-opacity max-sm:pt-2 max-sm:pl-3',
            dimmed && 'opacity-45',
            cover !== undefined && 'invisible',
          )}
          onFocus={() => hint === 'unseen' && !coarse && setHint('shown')}
        >
          <div
            ref={container}
            className={cx('size-full', state.controls ? 'overflow-hidden' : 'scroll-thin overflow-auto')}
          />
        </div>
        {hint === 'shown' && <FirstHint onEnd={endHint} />}
        {cover === undefined && word !== null && <Pill word={word} />}
        <div className="pointer-events-none absolute inset-0 grid place-items-center overflow-auto *:pointer-events-auto">
          {cover}
          {cover === undefined && !terminal && !failed && (
            <span role="status" className="reveal-late inline-flex items-center gap-2 text-12 text-text-3">
              <Spinner /> {t('terminal.loading')}
            </span>
          )}
          {failed && (
            <EmptyState
              title={t('terminal.loadFailed')}
              action={<Button onClick={() => location.reload()}>{t('terminal.tryAgain')}</Button>}
            >
              {t('terminal.loadFailedHint')}
            </EmptyState>
          )}
        </div>
      </div>
      {foot}
      {(phone || coarse) && state.exit === null && cover === undefined && (
        <KeyBar
          sticky={sticky}
          onKey={(key) => terminal?.press(key)}
          onSticky={(key) => terminal?.sticky.set(pressSticky(sticky, key))}
          onPaste={() => void paste()}
        />
      )}
      {!phone && (
        <StatusBar
          ref={bar}
          state={state}
          typist={typist}
          mayType={mayType}
          word={word}
          selected={selected}
          screenReader={screenReader}
          onFind={() => setFinding(true)}
          onCopy={() => void copy()}
          onTakeControl={takeControl}
          onScreenReader={() => setScreenReader(!screenReader)}
          onPalette={() => openSheet('palette')}
          onBack={() => terminal?.host.focus()}
          onPopOut={onPopOut}
        />
      )}
      <TerminalDialogs
        ask={ask}
        onPaste={(text) => terminal?.host.paste(text)}
        onClose={() => {
          terminal?.ask.set(null);
          // After the dialog has given the focus back.
          setTimeout(() => terminal?.host.focus());
        }}
      />
    </section>
  );
}

function Pill({ word }: { word: string }) {
  return (
    <span className="absolute top-3 left-1/2 z-10 inline-flex -translate-x-1/2 items-center gap-2 rounded-full bg-popover px-3 py-1.5 text-12 text-text-2 shadow-overlay">
      <Spinner /> <span className="nums">{word}</span>
    </span>
  );
}
