// The state of a running session as a button that tells why.
import type { Session } from '@roundhouse/protocol';
import { lazy, Suspense, useState } from 'react';
import { stateWord } from '../../lib/activity-words.js';
import { t } from '../../lib/i18n/t.js';
import { sessionStatus } from '../../lib/status.js';
import { Status } from '../../ui/state-glyph.js';

// Popovers bring a library of their own along: a terminal must not wait for it.
const ExplainPopover = lazy(async () => ({
  default: (await import('./explain-popover.js')).ExplainPopover,
}));

export interface ExplainProps {
  session: Session;
  /** Behind the word. */
  detail?: string | undefined;
}

export function Explain({ session, detail }: ExplainProps) {
  const [open, setOpen] = useState(false);
  const [loaded, setLoaded] = useState(false);
  const state = (
    <>
      <Status kind={sessionStatus(session)} word={stateWord(session)} />
      {detail !== undefined && (
        <span className="max-w-48 truncate text-text-3" title={detail}>
          {detail}
        </span>
      )}
    </>
  );
  if (session.state !== 'running' || session.activity === null)
    return <span className="flex min-w-0 items-center gap-1.5">{state}</span>;
  const show = {
    onClick: () => {
      setLoaded(true);
      setOpen(true);
    },
  };
  const button = (
    <button
      type="button"
      aria-haspopup="dialog"
      aria-label={t('session.explainState', { state: stateWord(session) })}
      className="touch-target relative -mx-1 flex min-w-0 items-center gap-1.5 rounded-xs px-1 hover:bg-hover"
      {...(loaded ? {} : show)}
    >
      {state}
    </button>
  );
  if (!loaded) return button;
  return (
    <Suspense fallback={button}>
      <ExplainPopover session={session} trigger={button} open={open} onOpenChange={setOpen} />
    </Suspense>
  );
}
