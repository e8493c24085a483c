// Words for the state of a terminal: connection and who types. Pure.
import type { Connection } from '../../lib/connection.js';
import { t } from '../../lib/i18n/t.js';
import type { TerminalState } from './terminal-state.js';

const MB = 1_000_000;

export type Typist = 'you' | 'elsewhere' | 'other' | 'nobody';

/** Who types: this view, another of the same user, another user. */
export function typistOf({ controls, controller }: TerminalState, username: string | undefined): Typist {
  if (controls) return 'you';
  if (!controller) return 'nobody';
  return controller.user === username ? 'elsewhere' : 'other';
}

export function typistWord(typist: Typist, user: string): string {
  const words = {
    you: t('terminal.youType'),
    elsewhere: t('terminal.elsewhere'),
    other: t('terminal.otherTypes', { user }),
    nobody: t('terminal.nobodyTypes'),
  };
  return words[typist];
}

/** What keeps the terminal from being live, in a few words; null while it is. */
export function connectionWord(state: TerminalState, connection: Connection): string | null {
  if (state.phase === 'detached')
    return connection.phase === 'reconnecting'
      ? t('terminal.reconnecting', { n: connection.attempt })
      : t('terminal.detached');
  if (state.phase === 'attaching' || state.awaiting) return t('terminal.attaching');
  if (state.phase === 'unreachable') return t('terminal.unreachable');
  if (state.phase === 'refused') return t('terminal.refused');
  if (state.replay) {
    const { done, total } = state.replay;
    return t('terminal.replay', { done: (done / MB).toFixed(1), total: (total / MB).toFixed(1) });
  }
  return null;
}
