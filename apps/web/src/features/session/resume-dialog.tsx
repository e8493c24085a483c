// Asks for the name of the project before an agent is resumed that acts without asking. Loaded with the first question.
import type { ResumeKind, Session } from '@roundhouse/protocol';
import { t } from '../../lib/i18n/t.js';
import { ConfirmDialog } from '../../ui/confirm-dialog.js';
import { useResume } from './use-session-actions.js';

export interface ResumeDialogProps {
  session: Session;
  resume: ResumeKind;
  onClose: () => void;
}

export function ResumeDialog({ session, resume, onClose }: ResumeDialogProps) {
  const { mutateAsync } = useResume(session);
  const name = session.project.split('/').at(-1) ?? session.project;
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={t(resume === 'fork' ? 'session.bypassCopyTitle' : 'session.bypassTitle', { name: session.name })}
      description={t('spawn.bypassText')}
      confirmLabel={t(resume === 'fork' ? 'session.fork' : 'session.resume')}
      typeToConfirm={name}
      onConfirm={() => mutateAsync({ resume, confirmBypass: name })}
    />
  );
}
