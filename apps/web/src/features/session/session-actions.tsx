// Stop at the right end of the header, and the menu with everything else. Each irreversible thing asks first.
import { hasEnded, type Permission, type Session } from '@roundhouse/protocol';
import { Copy, ExternalLink, MoreHorizontal, OctagonX, PanelRight, Square, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { t } from '../../lib/i18n/t.js';
import { Button } from '../../ui/button.js';
import { ConfirmDialog } from '../../ui/confirm-dialog.js';
import { copyText } from '../../ui/copy-button.js';
import { DropdownMenu, MenuItem, MenuSeparator } from '../../ui/dropdown-menu.js';
import { toast } from '../../ui/toast.js';
import { openPopOut, stopSession, useDelete } from './use-session-actions.js';

export interface SessionActionsProps {
  session: Session;
  may: (permission: Permission) => boolean;
  onPanel: () => void;
  /** In a window of its own there is nothing to pop out. */
  popped?: boolean;
}

type Asking = 'stop' | 'force' | 'delete' | null;

export function SessionActions(props: SessionActionsProps) {
  const { session, may } = props;
  const [asking, setAsking] = useState<Asking>(null);
  const stoppable = !hasEnded(session.state) && may('session.stop');
  return (
    <>
      {stoppable && (
        <Button
          className="max-sm:hidden"
          icon={<Square aria-hidden="true" />}
          disabled={session.state === 'stopping'}
          onClick={() => setAsking('stop')}
        >
          {t('session.stop')}
        </Button>
      )}
      <Menu {...props} stoppable={stoppable} onAsk={setAsking} />
      {asking !== null && <Confirm session={session} asking={asking} onClose={() => setAsking(null)} />}
    </>
  );
}

interface MenuProps extends SessionActionsProps {
  stoppable: boolean;
  onAsk: (asking: Asking) => void;
}

function Menu({ session, may, onPanel, popped = false, stoppable, onAsk }: MenuProps) {
  const copyId = async (): Promise<void> => {
    if (await copyText(session.id)) toast.done(t('session.copiedId'));
  };
  return (
    <DropdownMenu
      trigger={
        <Button variant="ghost" aria-label={t('session.more')} className="w-7 p-0!">
          <MoreHorizontal className="size-4!" aria-hidden="true" />
        </Button>
      }
    >
      <MenuItem icon={<PanelRight aria-hidden="true" />} onSelect={onPanel}>
        {t('session.details')}
      </MenuItem>
      {!popped && (
        <MenuItem icon={<ExternalLink aria-hidden="true" />} onSelect={() => openPopOut(session)}>
          {t('session.popOut')}
        </MenuItem>
      )}
      <MenuItem icon={<Copy aria-hidden="true" />} onSelect={() => void copyId()}>
        {t('session.copyId')}
      </MenuItem>
      {(stoppable || may('session.delete')) && <MenuSeparator />}
      {stoppable && (
        <>
          <MenuItem icon={<Square aria-hidden="true" />} onSelect={() => onAsk('stop')}>
            {t('session.stopMenu')}
          </MenuItem>
          <MenuItem tone="danger" icon={<OctagonX aria-hidden="true" />} onSelect={() => onAsk('force')}>
            {t('session.force')}
          </MenuItem>
        </>
      )}
      {hasEnded(session.state) && may('session.delete') && (
        <MenuItem tone="danger" icon={<Trash2 aria-hidden="true" />} onSelect={() => onAsk('delete')}>
          {t('session.delete')}
        </MenuItem>
      )}
    </DropdownMenu>
  );
}

interface ConfirmProps {
  session: Session;
  asking: Exclude<Asking, null>;
  onClose: () => void;
}

const words = {
  stop: ['session.stopTitle', 'session.stopText', 'session.stopConfirm'],
  force: ['session.forceTitle', 'session.forceText', 'session.forceConfirm'],
  delete: ['session.deleteTitle', 'session.deleteText', 'session.deleteConfirm'],
} as const;

function Confirm({ session, asking, onClose }: ConfirmProps) {
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
