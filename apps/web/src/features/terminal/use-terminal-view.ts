// What the panel shows of a terminal, and what its buttons do. Stands in with a still state until it is loaded.
import { useQuery } from '@tanstack/react-query';
import { ApiError } from '../../lib/api-error.js';
import { useConnection } from '../../lib/connection.js';
import { t } from '../../lib/i18n/t.js';
import { meQuery } from '../../lib/query.js';
import { createStore, useStore } from '../../lib/store.js';
import { copyText } from '../../ui/copy-button.js';
import { toast } from '../../ui/toast.js';
import { connectionWord, typistOf, type Typist } from './describe.js';
import { noSticky, type Sticky } from './phone-keys.js';
import type { Ask, TerminalController } from './terminal-controller.js';
import { initialState, type TerminalState } from './terminal-state.js';

const still = {
  state: createStore(initialState),
  ask: createStore<Ask>(null),
  sticky: createStore(noSticky),
  selected: createStore(false),
};

export interface TerminalViewState {
  readonly state: TerminalState;
  readonly ask: Ask;
  readonly sticky: Sticky;
  readonly selected: boolean;
  readonly typist: Typist;
  readonly mayType: boolean;
  /** Name of the user who is signed in. */
  readonly me: string | undefined;
  /** What keeps it from being live; null while it is. */
  readonly word: string | null;
  /** What is seen is old. */
  readonly dimmed: boolean;
}

export function useTerminalView(terminal: TerminalController | null): TerminalViewState {
  const stores = terminal ? storesOf(terminal) : still;
  const state = useStore(stores.state);
  const ask = useStore(stores.ask);
  const sticky = useStore(stores.sticky);
  const selected = useStore(stores.selected);
  const connection = useConnection();
  const { data: auth } = useQuery(meQuery);
  const me = auth?.kind === 'in' ? auth.me : undefined;
  return {
    state,
    ask,
    sticky,
    selected,
    typist: typistOf(state, me?.username),
    me: me?.username,
    mayType: me?.permissions.includes('session.input') ?? false,
    word: terminal ? connectionWord(state, connection) : null,
    dimmed: terminal !== null && (state.phase === 'detached' || state.phase === 'unreachable'),
  };
}

const storesOf = ({ stream, ask, sticky, selected }: TerminalController): typeof still => ({
  state: stream.state,
  ask,
  sticky,
  selected,
});

/** Copies what is selected; with a finger, which selects badly, else what is seen. */
export async function copySelection(terminal: TerminalController | null): Promise<void> {
  if (!terminal) return;
  const { host } = terminal;
  const selected = host.selection();
  const finger = matchMedia('(pointer: coarse)').matches;
  const text = selected === '' && finger ? host.screenText() : selected;
  if (text === '') return toast.done(t('terminal.copyNothing'));
  if (await copyText(text)) toast.done(t(selected === '' ? 'terminal.copiedScreen' : 'terminal.copied'));
  else toast.error(new ApiError('ABORTED', { message: t('ui.copyFailed'), hint: t('ui.copyFailedHint') }));
  if (!finger) host.focus();
}

/** For phones, where no key pastes. */
export async function pasteClipboard(terminal: TerminalController | null): Promise<void> {
  try {
    terminal?.offerPaste(await navigator.clipboard.readText());
  } catch {
    toast.error(
      new ApiError('ABORTED', { message: t('terminal.pasteFailed'), hint: t('terminal.pasteFailedHint') }),
    );
  }
}

export function takeControl(terminal: TerminalController | null): void {
  terminal?.stream.takeControl().catch((error: unknown) => toast.error(error));
  terminal?.host.focus();
}
