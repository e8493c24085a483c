// What may lie over a terminal: find, notices, the panels. Loaded after the terminal itself.
import { ConnectionPanel } from './connection-panel.js';
import { FindBar } from './find-bar.js';
import { SettingsPanel } from './settings-panel.js';
import { StageNotices } from './stage-notices.js';
import type { TerminalController } from './terminal-controller.js';
import { useTerminalSettings } from './terminal-settings.js';
import type { TerminalState } from './terminal-state.js';
import type { Tools } from './use-tools.js';

export interface TerminalOverlaysProps {
  terminal: TerminalController;
  state: TerminalState;
  me: string | undefined;
  tools: Tools;
}

export function TerminalOverlays({ terminal, state, me, tools }: TerminalOverlaysProps) {
  const { fontSize } = useTerminalSettings();
  const { finding, panel, closeFind, closePanel, toggle } = tools;
  return (
    <>
      {finding && (
        <FindBar onFind={(query, options) => terminal.host.find(query, options)} onClose={closeFind} />
      )}
      <StageNotices terminal={terminal} lowered={finding} />
      {panel === 'about' && (
        <ConnectionPanel terminal={terminal} state={state} me={me} onClose={closePanel} />
      )}
      {panel === 'settings' && (
        <SettingsPanel
          fontSize={fontSize ?? terminal.host.fontSize}
          onSelectAll={() => terminal.host.selectAll()}
          onAbout={() => toggle('about')}
          onClose={closePanel}
        />
      )}
    </>
  );
}
