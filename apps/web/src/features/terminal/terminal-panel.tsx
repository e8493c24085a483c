// The terminal with everything round it: notices, find, status line, keys of a phone, dialogs.
import { useQuery } from '@tanstack/react-query';
import type { Session } from '@roundhouse/protocol';
import { lazy, Suspense, useCallback, useEffect, useRef, useState, type ReactNode } from 'react';
import { t } from '../../lib/i18n/t.js';
import { hostQuery } from '../../lib/query.js';
import { openSheet } from '../../lib/overlay.js';
import { FirstHint, useHint } from './first-hint.js';
import { StatusBar } from './status-bar.js';
import { TerminalNotices } from './terminal-notices.js';
import { TerminalStage } from './terminal-stage.js';
import { initialState } from './terminal-state.js';
import { useKeyboardInset } from './use-keyboard-inset.js';
import { useTools } from './use-tools.js';
import { phoneQuery, useMedia } from './use-media.js';
import { changeSettings, useTerminalSettings } from './terminal-settings.js';
import { useAgentSignals, type AgentWords } from './use-agent-signals.js';
import { useTerminal } from './use-terminal.js';
import { copySelection, takeControl, useTerminalView } from './use-terminal-view.js';

const TerminalDialogs = lazy(async () => ({
  default: (await import('./terminal-dialogs.js')).TerminalDialogs,
}));
const TerminalOverlays = lazy(async () => ({
  default: (await import('./terminal-overlays.js')).TerminalOverlays,
}));
const PhoneBar = lazy(async () => ({ default: (await import('./phone-bar.js')).PhoneBar }));

// Needed by every session: on its way while the session itself is asked for.
void import('./xterm-host.js').catch(() => undefined);

export interface TerminalPanelProps {
  session: Session;
  /** Absent where the page is a window of its own already. */
  onPopOut?: () => void;
  /** Lies over the terminal while there is nothing to show: queued, starting, failed. */
  cover?: ReactNode;
  /** Stands under the terminal: how the session ended, and what next. */
  foot?: ReactNode;
  /** What the agent calls itself, and whether it rang. */
  onWords?: (words: AgentWords) => void;
}

export function TerminalPanel({ session, onPopOut, cover, foot, onWords }: TerminalPanelProps) {
  const phone = useMedia(phoneQuery);
  const fingers = useMedia('(pointer: coarse)') || phone;
  const inset = useKeyboardInset();
  const { data: host } = useQuery(hostQuery(session.hostId));
  const bar = useRef<HTMLDivElement>(null);
  const { screenReader, theme } = useTerminalSettings();
  const [droppedSeen, setDroppedSeen] = useState(0);
  const hint = useHint(!fingers);
  const { container, terminal, failed } = useTerminal({
    session,
    hostState: host?.state,
    onLeave: useCallback(() => {
      hint.end();
      bar.current?.querySelector<HTMLElement>('[data-first]')?.focus();
    }, [hint]),
  });
  const view = useTerminalView(terminal);
  const tools = useTools(terminal);
  const { state, typist, mayType, word, sticky } = view;
  const words = useAgentSignals(terminal);
  const { rang, title } = words;
  useEffect(() => onWords?.({ rang, title }), [onWords, rang, title]);
  const covered = cover !== undefined;
  return (
    <section
      aria-label={t('terminal.label', { name: session.name })}
      className="flex min-h-0 min-w-0 flex-1 flex-col bg-term-bg"
      data-terminal-theme={theme}
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
        onFocus={hint.begin}
      >
        <Suspense>
          {terminal && !covered && (
            <TerminalOverlays terminal={terminal} state={state} me={view.me} tools={tools} />
          )}
        </Suspense>
        {hint.shown && <FirstHint onEnd={hint.end} />}
      </TerminalStage>
      {foot}
      {fingers && !covered && (
        <Suspense fallback={<div className="h-14 shrink-0" />}>
          <PhoneBar terminal={terminal} sticky={sticky} ended={state.exit !== null} tools={tools} />
        </Suspense>
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
          me={view.me}
          rang={rang}
          panel={tools.panel}
          onAbout={() => tools.toggle('about')}
          onSettings={() => tools.toggle('settings')}
          onSelectAll={() => terminal?.host.selectAll()}
          onFind={tools.find}
          onCopy={() => void copySelection(terminal)}
          onTakeControl={() => takeControl(terminal)}
          onScreenReader={() => changeSettings({ screenReader: !screenReader })}
          onPalette={() => openSheet('palette')}
          onBack={tools.focus}
          onPopOut={onPopOut}
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
              setTimeout(tools.focus);
            }}
          />
        )}
      </Suspense>
    </section>
  );
}
