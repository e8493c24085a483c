// Which tools of a terminal are open, and the way back from them into it.
import { useState } from 'react';
import type { TerminalController } from './terminal-controller.js';

export type ToolPanelName = 'about' | 'settings';

export interface Tools {
  readonly finding: boolean;
  readonly panel: ToolPanelName | null;
  readonly find: () => void;
  readonly closeFind: () => void;
  readonly toggle: (panel: ToolPanelName) => void;
  readonly closePanel: () => void;
  /** Back into the terminal. */
  readonly focus: () => void;
}

export function useTools(terminal: TerminalController | null): Tools {
  const [finding, setFinding] = useState(false);
  const [panel, setPanel] = useState<ToolPanelName | null>(null);
  const focus = (): void => terminal?.host.focus();
  return {
    finding,
    panel,
    focus,
    find() {
      setFinding(true);
      // Without it nothing is found, which the bar says.
      terminal?.host.prepareFind().catch(() => undefined);
    },
    closeFind() {
      setFinding(false);
      terminal?.host.clearFind();
      focus();
    },
    toggle: (which) => setPanel(panel === which ? null : which),
    closePanel() {
      setPanel(null);
      focus();
    },
  };
}
