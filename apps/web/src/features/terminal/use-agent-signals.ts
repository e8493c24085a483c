// What the agent's bell and title do to the page: a mark for a while, a sound if wanted, words for the heading.
import { useEffect, useState } from 'react';
import { createStore, useStore } from '../../lib/store.js';
import { ringBell } from './bell-sound.js';
import { terminalSettings } from './terminal-settings.js';
import type { TerminalController } from './terminal-controller.js';

/** How long the mark of a bell stands. */
const MARKED_MS = 4000;

const silent = { bells: createStore(0), title: createStore<string | null>(null) };

export interface AgentWords {
  /** A bell rang a moment ago, or while the page was hidden. */
  readonly rang: boolean;
  /** What the agent calls itself; cleaned. */
  readonly title: string | null;
}

export function useAgentSignals(terminal: TerminalController | null): AgentWords {
  const signals = terminal?.signals ?? silent;
  const bells = useStore(signals.bells);
  const title = useStore(signals.title);
  const [heard, setHeard] = useState(bells);
  useEffect(() => {
    if (bells === heard) return;
    if (terminalSettings.get().bellSound) ringBell();
    let timer: ReturnType<typeof setTimeout> | undefined;
    // A mark that nobody could see waits until somebody can.
    const start = (): void => {
      if (!document.hidden) timer ??= setTimeout(() => setHeard(bells), MARKED_MS);
    };
    document.addEventListener('visibilitychange', start);
    start();
    return () => {
      document.removeEventListener('visibilitychange', start);
      clearTimeout(timer);
    };
  }, [bells, heard]);
  return { rang: bells !== heard, title };
}
