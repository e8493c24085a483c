// Makes the terminal of a session while the page shows it, and keeps theme and size of the cells in step.
import type { Session, SessionId } from '@roundhouse/protocol';
import { useEffect, useRef, useState, type RefObject } from 'react';
import { connection } from '../../lib/connection.js';
import { t } from '../../lib/i18n/t.js';
import { link } from '../../lib/socket.js';
import { useTheme } from '../../lib/theme.js';
import { copySelection } from './use-terminal-view.js';
import { TerminalController } from './terminal-controller.js';
import {
  fontSizes,
  useTerminalSettings,
  type TerminalSettings,
  type TerminalThemeName,
} from './terminal-settings.js';
import { terminalTheme } from './terminal-theme.js';
import { phoneQuery, useMedia } from './use-media.js';

export interface UseTerminal {
  readonly container: (element: HTMLElement | null) => void;
  /** Null until the emulator is loaded. */
  readonly terminal: TerminalController | null;
  readonly failed: boolean;
}

export interface UseTerminalOptions {
  readonly session: Session;
  /** The user's own choice unless told. */
  readonly screenReader?: boolean;
  /** Anything that, when it changes, makes a refused attach worth another try: the state of the host. */
  readonly hostState: string | undefined;
  readonly onLeave: () => void;
  /** One of several on a page: small type, no focus of its own accord, and the size only of who types. */
  readonly tile?: boolean;
}

export function useTerminal(options: UseTerminalOptions): UseTerminal {
  const { session, hostState, onLeave, tile = false } = options;
  const pageTheme = useTheme();
  const phone = useMedia(phoneQuery);
  const settings = useTerminalSettings();
  const { theme, scrollback } = settings;
  const screenReader = options.screenReader ?? settings.screenReader;
  const fontSize = fontSizeOf(settings, { phone, tile });
  const [container, setContainer] = useState<HTMLElement | null>(null);
  const [terminal, setTerminal] = useState<TerminalController | null>(null);
  const [failed, setFailed] = useState(false);
  const label = t('terminal.label', { name: session.name });
  const first = useRef<FirstLook>({ theme, fontSize, scrollback, tile, screenReader, label, onLeave });
  useEffect(() => {
    first.current = { theme, fontSize, scrollback, tile, screenReader, label, onLeave };
  }, [theme, fontSize, scrollback, tile, screenReader, label, onLeave]);

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
      const phoneNow = matchMedia(phoneQuery).matches;
      if (!phoneNow && !first.current.tile && isFocusFree()) controller.host.focus();
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

  useEffect(() => {
    terminal?.setTheme(theme);
  }, [terminal, pageTheme, theme]);
  useEffect(() => terminal?.host.setScreenReader(screenReader), [terminal, screenReader]);
  useEffect(() => terminal?.host.setScrollback(scrollback), [terminal, scrollback]);
  useEffect(() => {
    terminal?.host.setFontSize(fontSize);
    terminal?.relayout();
  }, [terminal, fontSize]);
  useEffect(
    () => terminal?.sessionChanged(session.state),
    [terminal, session.state, session.epoch, hostState],
  );
  return { container: setContainer, terminal, failed };
}

/** Small type on phones and in tiles, unless a size was chosen; a tile never has larger type than usual. */
function fontSizeOf(
  { fontSize }: TerminalSettings,
  { phone, tile }: { phone: boolean; tile: boolean },
): number {
  const usual = phone || tile ? fontSizes.phone : fontSizes.normal;
  return tile ? Math.min(usual, fontSize ?? usual) : (fontSize ?? usual);
}

interface FirstLook {
  readonly theme: TerminalThemeName;
  readonly fontSize: number;
  readonly scrollback: number;
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
  const controller: TerminalController = await TerminalController.open({
    sessionId,
    link,
    connection,
    host: container,
    onLeave: () => first.current.onLeave(),
    onCopy: () => void copySelection(controller),
    tile: first.current.tile,
    openHost: (events) => {
      container.dataset['terminalTheme'] = first.current.theme;
      const { fontSize, scrollback, screenReader, label } = first.current;
      return XtermHost.open({
        container,
        theme: terminalTheme(container),
        fontSize,
        scrollback,
        screenReader,
        label,
        events,
      });
    },
  });
  return controller;
}

/** Whether nobody is writing elsewhere and no dialog is open. */
function isFocusFree(): boolean {
  const active = document.activeElement;
  const writing = active instanceof HTMLInputElement || active instanceof HTMLTextAreaElement;
  return !writing && document.querySelector('[role="dialog"], [role="alertdialog"]') === null;
}
