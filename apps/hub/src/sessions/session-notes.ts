// What a person should know of a session, from the hub and from its host. Pure.
import type { Session } from '@roundhouse/protocol';

/** Notes of one session. */
const NOTES_MAX = 10;

/** What the host adds, as a change of the row; nothing where it adds nothing. */
export function withNotes(
  { notes }: Pick<Session, 'notes'>,
  told: readonly string[] = [],
): { notes?: string[] } {
  const more = told.filter((note) => !notes.includes(note));
  return more.length === 0 ? {} : { notes: [...notes, ...more].slice(-NOTES_MAX) };
}
