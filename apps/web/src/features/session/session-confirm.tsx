// Asks before a session is stopped, killed or deleted. Loaded with the first question.
import type { Session } from '@roundhouse/protocol';
import { t } from '../../lib/i18n/t.js';
import { ConfirmDialog } from '../../ui/confirm-dialog.js';
import { stopSession, useDelete } from './use-session-actions.js';

export interface SessionConfirmProps {
  session: Session;
  asking: keyof typeof words;
  onClose: () => void;
}

const words = {
  stop: ['session.stopTitle', 'session.stopText', 'session.stopConfirm'],
  force: ['session.forceTitle', 'session.forceText', 'session.forceConfirm'],
  delete: ['session.deleteTitle', 'session.deleteText', 'session.deleteConfirm'],
} as const;

export function SessionConfirm({ session, asking, onClose }: SessionConfirmProps) {
  const remove = useDelete(session);
  const [title, text, confirm] = words[asking];
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={t(title, { name: session.name })}
      description={t(text)}
      confirmLabel={t(confirm)}
      onConfirm={() => (asking === 'delete' ? remove() : stopSession(session, asking === 'force'))}
    >
      {asking === 'delete' && session.worktree && (
        <p className="text-12 text-text-3">{t('session.deleteWorktreeStays')}</p>
      )}
    </ConfirmDialog>
  );
}
