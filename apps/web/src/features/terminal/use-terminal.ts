// Makes the terminal of a session while the page shows it, and keeps theme and size of the cells in step.
import type { Session, SessionId } from '@roundhouse/protocol';
import { useEffect, useRef, useState, type RefObject } from 'react';
import { connection } from '../../lib/connection.js';
import { t } from '../../lib/i18n/t.js';
import { link } from '../../lib/socket.js';
import { useTheme } from '../../lib/theme.js';
import { TerminalController } from './terminal-controller.js';
import { phoneQuery, useMedia } from './use-media.js';

export interface UseTerminal {
  readonly container: (element: HTMLElement | null) => void;
  /** Null until the emulator is loaded. */
  readonly terminal: TerminalController | null;
  readonly failed: boolean;
}

export interface UseTerminalOptions {
  readonly session: Session;
  readonly screenReader: boolean;
  /** Anything that, when it changes, makes a refused attach worth another try: the state of the host. */
  readonly hostState: string | undefined;
  readonly onLeave: () => void;
  /** One of several on a page: small type, no focus of its own accord, and the size only of who types. */
  readonly tile?: boolean;
}

export function useTerminal(options: UseTerminalOptions): UseTerminal {
  const { session, screenReader, hostState, onLeave, tile = false } = options;
  const theme = useTheme();
  const narrow = useMedia(phoneQuery);
  const phone = narrow || tile;
  const [container, setContainer] = useState<HTMLElement | null>(null);
  const [terminal, setTerminal] = useState<TerminalController | null>(null);
  const [failed, setFailed] = useState(false);
  const first = useRef<FirstLook>({
    theme,
    phone,
    tile,
    screenReader,
    label: t('terminal.label', { name: session.name }),
    onLeave,
  });
  useEffect(() => {
    first.current = { ...first.current, onLeave };
  }, [onLeave]);

  useEffect(() => {
    if (!container) return;
    let over = false;
    let made: TerminalController | null = null;
    const open = async (): Promise<void> => {
      const controller = await openTerminal(container, session.id, first);
      if (over) return controller.dispose();
      made = controller;
      setTerminal(controller);
      // Who opens a session wants to type into it; a phone would raise its keyboard for that.
      if (!first.current.phone && isFocusFree()) controller.host.focus();
    };
    open().catch((cause: unknown) => {
      console.error(cause);
      if (!over) setFailed(true);
    });
    return () => {
      over = true;
      made?.dispose();
      setTerminal(null);
    };
  }, [container, session.id]);

  useEffect(() => terminal?.host.setTheme(theme), [terminal, theme]);
  useEffect(() => terminal?.host.setScreenReader(screenReader), [terminal, screenReader]);
  useEffect(() => {
    terminal?.host.setPhone(phone);
    terminal?.relayout();
  }, [terminal, phone]);
  useEffect(
    () => terminal?.sessionChanged(session.state),
    [terminal, session.state, session.epoch, hostState],
  );
  return { container: setContainer, terminal, failed };
}

interface FirstLook {
  readonly theme: 'dark' | 'light';
  /** Small type. */
  readonly phone: boolean;
  readonly tile: boolean;
  readonly screenReader: boolean;
  readonly label: string;
  readonly onLeave: () => void;
}

/** Loads the emulator with the look of now; later changes follow by effects. */
async function openTerminal(
  container: HTMLElement,
  sessionId: SessionId,
  first: RefObject<FirstLook>,
): Promise<TerminalController> {
  const { XtermHost } = await import('./xterm-host.js');
  return TerminalController.open({
    sessionId,
    link,
    connection,
    host: container,
    onLeave: () => first.current.onLeave(),
    tile: first.current.tile,
    openHost: (events) => XtermHost.open({ container, ...first.current, events }),
  });
}

/** Whether nobody is writing elsewhere and no dialog is open. */
function isFocusFree(): boolean {
  const active = document.activeElement;
  const writing = active instanceof HTMLInputElement || active instanceof HTMLTextAreaElement;
  return !writing && document.querySelector('[role="dialog"], [role="alertdialog"]') === null;
}
