// Beside the terminal: usage, task, worktree, details, companion.
import type { Host, Permission, Session } from '@roundhouse/protocol';
import { lazy, Suspense } from 'react';
import { t } from '../../lib/i18n/t.js';
import { Details } from './details.js';
import { TaskCard } from './task-card.js';
import { Usage } from './usage.js';

const WorktreeCard = lazy(async () => ({ default: (await import('./worktree-card.js')).WorktreeCard }));
const Companion = lazy(async () => ({ default: (await import('./companion.js')).Companion }));

export interface SidePanelProps {
  session: Session;
  host: Host | undefined;
  may: (permission: Permission) => boolean;
}

export function SidePanel(props: SidePanelProps) {
  return (
    <aside
      aria-label={t('session.panel')}
      className="w-[356px] shrink-0 scroll-thin overflow-y-auto border-l border-line bg-bg"
    >
      <Sections {...props} />
    </aside>
  );
}

export function Sections({ session, host, may }: SidePanelProps) {
  return (
    <>
      <Usage session={session} host={host} />
      <TaskCard session={session} mayEdit={may('session.edit')} />
      <Suspense>
        {session.worktree && <WorktreeCard session={session} host={host} may={may('worktree.remove')} />}
      </Suspense>
      <Details session={session} host={host} />
      <Suspense>
        {session.companionOf === null && may('session.spawn') && <Companion session={session} />}
      </Suspense>
    </>
  );
}
