// The menu with everything that can be done with a session. Loaded after the first paint.
import { hasEnded } from '@roundhouse/protocol';
import { useNavigate } from '@tanstack/react-router';
import { Copy, ExternalLink, Grid2x2Plus, OctagonX, PanelRight, Split, Square, Trash2 } from 'lucide-react';
import { addToGrid } from '../../lib/grid-set.js';
import { t } from '../../lib/i18n/t.js';
import { copyText } from '../../ui/copy-button.js';
import { DropdownMenu, MenuItem, MenuSeparator } from '../../ui/dropdown-menu.js';
import { toast } from '../../ui/toast.js';
import { MoreButton, type Asking, type SessionActionsProps } from './session-menu-trigger.js';
import { asksForWord, useProfile } from './resume-word.js';
import { ModelItems } from './model-items.js';
import { openPopOut, useResume } from './use-session-actions.js';

export interface SessionMenuProps extends SessionActionsProps {
  stoppable: boolean;
  onAsk: (asking: Asking) => void;
}

export function SessionMenu({ session, may, onPanel, popped = false, stoppable, onAsk }: SessionMenuProps) {
  const navigate = useNavigate();
  const resume = useResume(session);
  const profile = useProfile(session);
  const copy = (): void => {
    if (asksForWord(session, profile)) onAsk('copy');
    else resume.mutate({ resume: 'fork' });
  };
  const copyId = async (): Promise<void> => {
    if (await copyText(session.id)) toast.done(t('session.copiedId'));
  };
  const toGrid = (): void => {
    addToGrid(session.id);
    toast.done(t('grid.added', { name: session.name }), {
      action: { label: t('grid.openGrid'), onClick: () => void navigate({ to: '/grid' }) },
    });
  };
  return (
    <DropdownMenu trigger={<MoreButton />}>
      <MenuItem icon={<PanelRight aria-hidden="true" />} onSelect={onPanel}>
        {t('session.details')}
      </MenuItem>
      {!popped && (
        <MenuItem icon={<ExternalLink aria-hidden="true" />} onSelect={() => openPopOut(session)}>
          {t('session.popOut')}
        </MenuItem>
      )}
      {!popped && (
        <MenuItem icon={<Grid2x2Plus aria-hidden="true" />} onSelect={toGrid}>
          {t('grid.addTo')}
        </MenuItem>
      )}
      {session.conversationId !== null && profile?.forks !== false && may('session.spawn') && (
        <MenuItem icon={<Split aria-hidden="true" />} onSelect={copy}>
          {t('session.fork')}
        </MenuItem>
      )}
      <MenuItem icon={<Copy aria-hidden="true" />} onSelect={() => void copyId()}>
        {t('session.copyId')}
      </MenuItem>
      {may('session.input') && <ModelItems session={session} profile={profile} />}
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
