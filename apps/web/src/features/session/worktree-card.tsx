// The worktree of a session: what it holds that is nowhere else, and the way to remove it.
import { hasEnded, isClean, type Host, type Session, type WorktreeStatus } from '@roundhouse/protocol';
import { useQuery } from '@tanstack/react-query';
import { RotateCw } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { t } from '../../lib/i18n/t.js';
import { Button } from '../../ui/button.js';
import { ErrorNote } from '../../ui/error-note.js';
import { IconButton } from '../../ui/icon-button.js';
import { Skeleton, SkeletonGroup } from '../../ui/skeleton.js';
import { Section } from './section.js';
import { WorktreeLists } from './worktree-lists.js';
import { worktreeQuery } from './worktree-query.js';

const WorktreeRemoveDialog = lazy(async () => ({
  default: (await import('./worktree-remove-dialog.js')).WorktreeRemoveDialog,
}));

export interface WorktreeCardProps {
  session: Session;
  host: Host | undefined;
  /** The user may remove worktrees. */
  may: boolean;
}

export function WorktreeCard({ session, host, may }: WorktreeCardProps) {
  const readable = session.cwd !== null && host?.state === 'online';
  const { data, error, isFetching, refetch } = useQuery({ ...worktreeQuery(session), enabled: readable });
  const [removing, setRemoving] = useState(false);
  const running = !hasEnded(session.state);
  return (
    <Section
      title={t('session.worktree')}
      end={
        <IconButton
          size="sm"
          label={t('session.worktreeRefresh')}
          disabled={!readable || isFetching}
          onClick={() => void refetch()}
        >
          <RotateCw aria-hidden="true" />
        </IconButton>
      }
    >
      <Content status={data} error={error} host={host} />
      {data && may && (
        <div>
          <Button
            size="sm"
            variant="danger"
            disabled={running}
            title={running ? t('session.worktreeRemoveRunning') : undefined}
            onClick={() => setRemoving(true)}
          >
            {t('session.worktreeRemove')}
          </Button>
        </div>
      )}
      <Suspense>
        {removing && <WorktreeRemoveDialog session={session} onClose={() => setRemoving(false)} />}
      </Suspense>
    </Section>
  );
}

interface ContentProps {
  status: WorktreeStatus | null | undefined;
  error: unknown;
  host: Host | undefined;
}

function Content({ status, error, host }: ContentProps) {
  if (status === null) return <p className="text-12 text-text-3">{t('session.worktreeGone')}</p>;
  if (status)
    return (
      <>
        <p className="mono truncate text-text-2" title={status.path}>
          {status.path}
        </p>
        {isClean(status) ? (
          <p className="text-12 text-text-3">{t('session.worktreeClean')}</p>
        ) : (
          <WorktreeLists status={status} />
        )}
      </>
    );
  if (error) return <ErrorNote error={error} />;
  if (host && host.state !== 'online')
    return <p className="text-12 text-text-3">{t('session.worktreeHostAway', { host: host.name })}</p>;
  return (
    <SkeletonGroup className="grid gap-2">
      <Skeleton className="h-4 w-56" />
      <Skeleton className="h-4 w-40" />
    </SkeletonGroup>
  );
}
