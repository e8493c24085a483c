// The key bar, joined with its terminal. Loaded where there are fingers.
import { KeyBar } from './key-bar.js';
import { pressSticky, type Sticky } from './phone-keys.js';
import type { TerminalController } from './terminal-controller.js';
import { copySelection, pasteClipboard } from './use-terminal-view.js';
import type { Tools } from './use-tools.js';

export interface PhoneBarProps {
  terminal: TerminalController | null;
  sticky: Sticky;
  ended: boolean;
  tools: Tools;
}

export function PhoneBar({ terminal, sticky, ended, tools }: PhoneBarProps) {
  return (
    <KeyBar
      ended={ended}
      sticky={sticky}
      tools={{
        find: tools.find,
        copy: () => void copySelection(terminal),
        more: () => tools.toggle('settings'),
      }}
      onKey={(key) => terminal?.press(key)}
      onSticky={(key) => terminal?.sticky.set(pressSticky(sticky, key))}
      onPaste={() => void pasteClipboard(terminal)}
    />
  );
}
