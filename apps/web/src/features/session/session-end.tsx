// The line under a terminal whose agent has ended: how, after how long, and what next.
import type { Permission, ResumeKind, Session } from '@roundhouse/protocol';
import { Plus, RotateCw } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { t } from '../../lib/i18n/t.js';
import { openSpawn } from '../../lib/spawn-intent.js';
import { sessionStatus } from '../../lib/status.js';
import { Button } from '../../ui/button.js';
import { StateGlyph } from '../../ui/state-glyph.js';
import { asksForWord, useProfile } from './resume-word.js';
import { endTitle, exitWord, ranFor } from './session-words.js';
import { useResume } from './use-session-actions.js';

const ResumeDialog = lazy(async () => ({ default: (await import('./resume-dialog.js')).ResumeDialog }));

export interface EndActionsProps {
  session: Session;
  may: (permission: Permission) => boolean;
  /** Spawning needs the shell's dialog, which a window of its own has not. */
  popped: boolean;
}

export function EndActions({ session, may, popped }: EndActionsProps) {
  const resume = useResume(session);
  const [asking, setAsking] = useState<ResumeKind | null>(null);
  const profile = useProfile(session);
  const go = (kind: ResumeKind): void => {
    if (asksForWord(session, profile)) setAsking(kind);
    else resume.mutate(kind === 'exact' ? {} : { resume: kind });
  };
  if (!may('session.spawn')) return null;
  return (
    <>
      {!popped && (
        <Button
          icon={<Plus aria-hidden="true" />}
          onClick={() =>
            openSpawn({ hostId: session.hostId, project: session.project, profile: session.profile })
          }
        >
          {t('session.newLike')}
        </Button>
      )}
      {profile?.supportsResume === true && session.conversationId !== null && (
        <Button busy={resume.isPending} title={t('session.resumeLastHint')} onClick={() => go('last')}>
          {t('session.resumeLast')}
        </Button>
      )}
      <Button
        variant="primary"
        icon={<RotateCw aria-hidden="true" />}
        busy={resume.isPending}
        title={profile?.supportsResume === false ? t('session.resumeNew') : undefined}
        onClick={() => go('exact')}
      >
        {t('session.resume')}
      </Button>
      <Suspense>
        {asking !== null && (
          <ResumeDialog session={session} resume={asking} onClose={() => setAsking(null)} />
        )}
      </Suspense>
    </>
  );
}

export function SessionEnd(props: EndActionsProps) {
  const { session } = props;
  const ran = ranFor(session);
  const facts = [exitWord(session), ran === null ? null : t('session.after', { duration: ran })].filter(
    (fact) => fact !== null,
  );
  return (
    <div
      role="status"
      className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-2 border-t border-line-2 bg-surface px-4 py-2.5 pb-[max(10px,env(safe-area-inset-bottom))]"
    >
      <StateGlyph kind={sessionStatus(session)} />
      <div className="min-w-0 flex-1 basis-64">
        <div className="font-medium">
          {endTitle(session)}
          {facts.length > 0 && <span className="nums ml-2 font-body text-text-3">{facts.join(' · ')}</span>}
        </div>
        {session.stateReason && <div className="text-12 text-text-2">{session.stateReason.hint}</div>}
      </div>
      <EndActions {...props} />
    </div>
  );
}
