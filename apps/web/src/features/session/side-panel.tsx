// Beside the terminal, or over it on small screens: details, usage, worktree, companion.
import type { Host, Permission, Session } from '@roundhouse/protocol';
import { Sheet } from '../../ui/sheet.js';
import { t } from '../../lib/i18n/t.js';
import { Companion } from './companion.js';
import { Details } from './details.js';
import { Usage } from './usage.js';
import { WorktreeCard } from './worktree-card.js';

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

export interface SideSheetProps extends SidePanelProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export function SideSheet({ open, onOpenChange, ...props }: SideSheetProps) {
  return (
    <Sheet open={open} onOpenChange={onOpenChange} title={t('session.details')}>
      <div className="-mx-5 -mt-4">
        <Sections {...props} />
      </div>
    </Sheet>
  );
}

function Sections({ session, host, may }: SidePanelProps) {
  return (
    <>
      <Usage session={session} />
      {session.worktree && <WorktreeCard session={session} host={host} may={may('worktree.remove')} />}
      <Details session={session} host={host} />
      {session.companionOf === null && may('session.spawn') && <Companion session={session} />}
    </>
  );
}
