// Removing a worktree: shows what would be lost from sight, wants that said out loud, and tells where it is kept.
import { isClean, type Session } from '@roundhouse/protocol';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { t } from '../../lib/i18n/t.js';
import { Button } from '../../ui/button.js';
import { Checkbox } from '../../ui/checkbox.js';
import { CommandBlock } from '../../ui/command-block.js';
import { Dialog } from '../../ui/dialog.js';
import { ErrorNote } from '../../ui/error-note.js';
import { toast } from '../../ui/toast.js';
import { WorktreeLists } from './worktree-lists.js';
import { removeWorktree, worktreeQuery } from './worktree-query.js';

export interface WorktreeRemoveDialogProps {
  session: Session;
  onClose: () => void;
}

export function WorktreeRemoveDialog({ session, onClose }: WorktreeRemoveDialogProps) {
  // Read afresh: the list that is confirmed must be the one that is.
  const { data, refetch, isFetching } = useQuery({ ...worktreeQuery(session), refetchOnMount: 'always' });
  const [understood, setUnderstood] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [rescueRef, setRescueRef] = useState<string | null>(null);
  const clean = data ? isClean(data) : true;

  const remove = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const removed = await removeWorktree(session, !clean && understood);
      toast.done(t('session.worktreeRemoved'));
      if (removed.rescueRef === null) onClose();
      else setRescueRef(removed.rescueRef);
    } catch (cause) {
      setError(cause);
      await refetch();
    } finally {
      setBusy(false);
    }
  };
  if (rescueRef !== null) return <Rescued rescueRef={rescueRef} onClose={onClose} />;
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t('session.worktreeRemoveTitle', { name: session.name })}
      description={clean ? t('session.worktreeRemoveClean') : t('session.worktreeRemoveDirty')}
      footer={
        <>
          <Button variant="ghost" onClick={onClose}>
            {t('ui.cancel')}
          </Button>
          <Button
            variant="danger"
            busy={busy}
            disabled={!data || isFetching || (!clean && !understood)}
            onClick={() => void remove()}
          >
            {t('session.worktreeRemoveConfirm')}
          </Button>
        </>
      }
    >
      {data && <p className="mono break-all text-text-2">{data.path}</p>}
      {data && !clean && (
        <>
          <WorktreeLists status={data} open />
          <Checkbox
            checked={understood}
            onCheckedChange={setUnderstood}
            label={t('session.worktreeUnderstood')}
          />
        </>
      )}
      {error !== null && <ErrorNote error={error} />}
    </Dialog>
  );
}

function Rescued({ rescueRef, onClose }: { rescueRef: string; onClose: () => void }) {
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t('session.rescueTitle')}
      description={t('session.worktreeRescued', { ref: rescueRef })}
      footer={
        <Button variant="primary" onClick={onClose}>
          {t('ui.close')}
        </Button>
      }
    >
      <p className="text-12 text-text-3">{t('session.rescueText')}</p>
      <CommandBlock command={`git worktree add ../rescued ${rescueRef}`} label={t('session.rescueCommand')} />
    </Dialog>
  );
}
