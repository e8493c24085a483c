// What the session is for: the text of its spawn, which may be corrected at any time. The agent is not told.
import type { Session } from '@roundhouse/protocol';
import { lazy, Suspense, useState } from 'react';
import { t } from '../../lib/i18n/t.js';
import { Button } from '../../ui/button.js';
import { Section } from './section.js';
import { useTaskEdit } from './use-session-actions.js';

// Only who edits needs it.
const Textarea = lazy(async () => ({ default: (await import('../../ui/textarea.js')).Textarea }));

/** The wire takes at most this many characters. */
const TASK_MAX = 20_000;

export function TaskCard({ session, mayEdit }: { session: Session; mayEdit: boolean }) {
  const [draft, setDraft] = useState<string | null>(null);
  const edit = useTaskEdit(session);
  const task = session.task ?? '';
  if (task === '' && !mayEdit) return null;
  const save = (): void => {
    const text = draft?.trim() ?? '';
    edit.mutate(text === '' ? null : text, { onSuccess: () => setDraft(null) });
  };
  const open = (
    <Button size="sm" variant="ghost" onClick={() => setDraft(task)}>
      {task === '' ? t('session.taskAdd') : t('session.taskEdit')}
    </Button>
  );
  return (
    <Section title={t('session.task')} end={mayEdit && draft === null ? open : undefined}>
      {draft === null ? (
        <p className="max-h-40 scroll-thin overflow-y-auto text-12 whitespace-pre-wrap text-text-2">
          {task === '' ? t('session.taskNone') : task}
        </p>
      ) : (
        <form
          className="grid gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            save();
          }}
        >
          <Suspense fallback={<div className="h-20" />}>
            <Textarea
              autoFocus
              aria-label={t('session.task')}
              maxLength={TASK_MAX}
              value={draft}
              onChange={(event) => setDraft(event.target.value)}
            />
          </Suspense>
          <div className="flex justify-end gap-2">
            <Button size="sm" variant="ghost" onClick={() => setDraft(null)}>
              {t('ui.cancel')}
            </Button>
            <Button size="sm" variant="primary" type="submit" busy={edit.isPending}>
              {t('session.taskSave')}
            </Button>
          </div>
        </form>
      )}
    </Section>
  );
}
