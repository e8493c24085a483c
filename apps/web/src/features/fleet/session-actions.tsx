// What can be done to a session from a list: its menu, and the dialogs that ask first (mounted once by the page).
import { hasEnded, routes, type Session } from '@roundhouse/protocol';
import { useNavigate } from '@tanstack/react-router';
import {
  Copy,
  Ellipsis,
  Grid2x2Plus,
  OctagonX,
  SquareArrowOutUpRight,
  Square,
  Trash2,
  UserPlus,
} from 'lucide-react';
import { call } from '../../lib/api.js';
import { addToGrid } from '../../lib/grid-set.js';
import { t } from '../../lib/i18n/t.js';
import { applySession, liveCache } from '../../lib/query.js';
import { createStore, useStore } from '../../lib/store.js';
import { ConfirmDialog } from '../../ui/confirm-dialog.js';
import { copyText } from '../../ui/copy-button.js';
import { DropdownMenu, MenuItem, MenuSeparator } from '../../ui/dropdown-menu.js';
import { IconButton } from '../../ui/icon-button.js';
import { toast } from '../../ui/toast.js';

type Ask = { readonly what: 'stop' | 'force' | 'delete'; readonly session: Session };

const asked = createStore<Ask | null>(null);
export const askToStop = (session: Session): void => asked.set({ what: 'stop', session });

export async function adopt(session: Session): Promise<void> {
  try {
    applySession(await call(routes.sessions.adopt, { params: { id: session.id } }));
    toast.done(t('fleet.adopted', { name: session.name }));
  } catch (error) {
    toast.error(error);
  }
}

async function stop(session: Session, force: boolean): Promise<void> {
  const body = force ? { force } : {};
  applySession(await call(routes.sessions.stop, { params: { id: session.id }, body }));
}

async function remove({ id, version, name }: Session): Promise<void> {
  await call(routes.sessions.remove, { params: { id } });
  liveCache.apply({ kind: 'session', id, version: version + 1, deleted: true });
  toast.done(t('fleet.deleted', { name }));
}

export function SessionMenu({ session, className }: { session: Session; className?: string }) {
  const navigate = useNavigate();
  const { id, name, branch, state } = session;
  const ended = hasEnded(state);
  const toGrid = (): void => {
    addToGrid(id);
    toast.done(t('grid.added', { name }), {
      action: { label: t('grid.openGrid'), onClick: () => void navigate({ to: '/grid' }) },
    });
  };
  return (
    <DropdownMenu
      trigger={
        <IconButton
          size="sm"
          label={t('fleet.sessionMenu', { name })}
          {...(className === undefined ? {} : { className })}
        >
          <Ellipsis aria-hidden="true" />
        </IconButton>
      }
    >
      <MenuItem
        icon={<SquareArrowOutUpRight aria-hidden="true" />}
        onSelect={() => void navigate({ to: '/sessions/$id', params: { id } })}
      >
        {t('fleet.open')}
      </MenuItem>
      <MenuItem icon={<Grid2x2Plus aria-hidden="true" />} onSelect={toGrid}>
        {t('grid.addTo')}
      </MenuItem>
      {branch !== null && (
        <MenuItem icon={<Copy aria-hidden="true" />} onSelect={() => void copyText(branch)}>
          {t('fleet.copyBranch')}
        </MenuItem>
      )}
      {session.orphan && (
        <MenuItem icon={<UserPlus aria-hidden="true" />} onSelect={() => void adopt(session)}>
          {t('fleet.adopt')}
        </MenuItem>
      )}
      <MenuSeparator />
      {!ended && (
        <MenuItem
          icon={<Square aria-hidden="true" />}
          disabled={session.desired === 'stopped' && state !== 'unknown'}
          onSelect={() => askToStop(session)}
        >
          {t('fleet.stop')}
        </MenuItem>
      )}
      {state === 'stopping' && (
        <MenuItem
          tone="danger"
          icon={<OctagonX aria-hidden="true" />}
          onSelect={() => asked.set({ what: 'force', session })}
        >
          {t('fleet.forceStop')}
        </MenuItem>
      )}
      {ended && (
        <MenuItem
          tone="danger"
          icon={<Trash2 aria-hidden="true" />}
          onSelect={() => asked.set({ what: 'delete', session })}
        >
          {t('fleet.delete')}
        </MenuItem>
      )}
    </DropdownMenu>
  );
}

/** The dialog for what was asked in any menu of the page. */
export function SessionDialogs() {
  const ask = useStore(asked);
  if (ask === null) return null;
  const { what, session } = ask;
  const { name } = session;
  const close = { open: true, onOpenChange: () => asked.set(null) };
  if (what === 'delete')
    return (
      <ConfirmDialog
        {...close}
        title={t('fleet.deleteTitle', { name })}
        description={t(session.worktree ? 'fleet.deleteTextWorktree' : 'fleet.deleteText')}
        confirmLabel={t('fleet.delete')}
        onConfirm={() => remove(session)}
      >
        {session.worktree && session.cwd !== null && (
          <code className="mono text-12 break-all text-text-2">{session.cwd}</code>
        )}
      </ConfirmDialog>
    );
  const force = what === 'force';
  return (
    <ConfirmDialog
      {...close}
      title={t(force ? 'fleet.forceTitle' : 'fleet.stopTitle', { name })}
      description={force ? t('fleet.forceText') : stopText(session)}
      confirmLabel={t(force ? 'fleet.forceStop' : 'fleet.stop')}
      onConfirm={() => stop(session, force)}
    />
  );
}

function stopText({ state, worktree }: Session): string {
  if (state === 'unknown') return t('fleet.stopTextOffline');
  return t(worktree ? 'fleet.stopTextWorktree' : 'fleet.stopText');
}
