// Who else looks at a session, in words. Pure.
import { t, tn } from '../../lib/i18n/t.js';
import type { TerminalState } from './terminal-state.js';

/** Names that are told one by one. */
const NAMED = 2;

/** `anna watching`, `anna, ben and 2 more watching`, `2 other views` of one's own; null when nobody else looks. */
export function watchersWord(
  { viewers, viewerId, controller }: TerminalState,
  me: string | undefined,
): string | null {
  const others = viewers.filter(({ id }) => id !== viewerId);
  // Who types is told beside this.
  const watching = others.filter(({ id }) => id !== controller?.id);
  const names = [...new Set(watching.map(({ user }) => user).filter((user) => user !== me))];
  if (names.length === 0) return others.length > 0 ? tn('terminal.watching', others.length) : null;
  const told = names.slice(0, NAMED).join(', ');
  const rest = names.length - NAMED;
  return t('terminal.watches', { names: rest > 0 ? t('terminal.andMore', { names: told, n: rest }) : told });
}
