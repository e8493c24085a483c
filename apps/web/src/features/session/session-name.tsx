// The name in the header: a heading that becomes a field. Enter keeps, Esc gives up.
import type { Session } from '@roundhouse/protocol';
import { Pencil } from 'lucide-react';
import { useState, type KeyboardEvent } from 'react';
import { t } from '../../lib/i18n/t.js';
import { useRename } from './use-session-actions.js';

/** The wire takes at most this many characters. */
const NAME_MAX = 80;

export function SessionName({ session, mayEdit }: { session: Session; mayEdit: boolean }) {
  const [draft, setDraft] = useState<string | null>(null);
  const rename = useRename(session);
  const keep = (): void => {
    const name = draft?.trim() ?? '';
    setDraft(null);
    if (name !== '' && name !== session.name) rename.mutate(name);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') keep();
    else if (event.key === 'Escape') setDraft(null);
    else return;
    event.preventDefault();
  };
  // The name that was typed stands until the hub has answered.
  const name = rename.isPending ? rename.variables : session.name;
  if (draft !== null)
    return (
      <h1 className="min-w-0">
        <input
          autoFocus
          aria-label={t('session.nameLabel')}
          autoComplete="off"
          spellCheck={false}
          maxLength={NAME_MAX}
          className="field-sizing-content h-7 max-w-72 min-w-24 rounded-xs border border-line-input bg-bg px-1.5 text-14 font-strong tracking-14 outline-none focus-visible:border-accent"
          value={draft}
          onFocus={(event) => event.target.select()}
          onChange={(event) => setDraft(event.target.value)}
          onBlur={keep}
          onKeyDown={onKeyDown}
        />
      </h1>
    );
  if (!mayEdit) return <h1 className="truncate">{name}</h1>;
  return (
    <h1 className="flex min-w-0">
      <button
        type="button"
        title={t('session.renameHint')}
        className="group -mx-1.5 flex h-7 min-w-0 items-center gap-1.5 rounded-xs px-1.5 hover:bg-hover"
        onClick={() => setDraft(session.name)}
      >
        <span className="truncate">{name}</span>
        <Pencil
          className="size-3 text-text-3 opacity-0 group-hover:opacity-100 group-focus-visible:opacity-100 max-sm:hidden"
          aria-hidden="true"
        />
        <span className="sr-only">{t('session.rename')}</span>
      </button>
    </h1>
  );
}
