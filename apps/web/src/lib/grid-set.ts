// The sessions of the grid: ids in the order of their tiles. The address of the page carries them; the last set is
// remembered on this device, so that other pages can add to it and the bare /grid shows it again.
import { sessionIdSchema, type SessionId } from '@roundhouse/protocol';

/** More tiles than this nobody oversees, and each one in view is a terminal. */
export const gridMax = 24;

const KEY = 'roundhouse.grid';

/** From the address or the memory: what is no id, comes twice or is too much is left out. */
export function parseSet(text: string): SessionId[] {
  const ids = text.split(',').flatMap((each) => {
    const id = sessionIdSchema.safeParse(each);
    return id.success ? [id.data] : [];
  });
  return [...new Set(ids)].slice(0, gridMax);
}

export const formatSet = (ids: readonly SessionId[]): string => ids.join();

/** At the end; a full grid loses its first. */
export const withSession = (ids: readonly SessionId[], id: SessionId): SessionId[] =>
  ids.includes(id) ? [...ids] : [...ids, id].slice(-gridMax);

export const withoutSession = (ids: readonly SessionId[], id: SessionId): SessionId[] =>
  ids.filter((each) => each !== id);

/** Moves a session to a place; the others close up. */
export function moved(ids: readonly SessionId[], id: SessionId, to: number): SessionId[] {
  if (!ids.includes(id)) return [...ids];
  const others = withoutSession(ids, id);
  return others.toSpliced(Math.min(others.length, Math.max(0, to)), 0, id);
}

export function rememberedSet(): SessionId[] {
  try {
    return parseSet(localStorage.getItem(KEY) ?? '');
  } catch {
    return [];
  }
}

export function rememberSet(ids: readonly SessionId[]): void {
  try {
    localStorage.setItem(KEY, formatSet(ids));
  } catch {
    // Private windows may refuse storage: the set then lasts as long as the address.
  }
}

/** From another page. Gives the number of sessions in the grid then. */
export function addToGrid(id: SessionId): number {
  const ids = withSession(rememberedSet(), id);
  rememberSet(ids);
  return ids.length;
}
