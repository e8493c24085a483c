// The state word of a session with its duration, or how and when it ended.
import { hasEnded, type Session } from '@roundhouse/protocol';
import { cx } from 'class-variance-authority';
import { stateWord } from '../../lib/activity-words.js';
import { sessionStatus } from '../../lib/status.js';
import { Elapsed, RelativeTime } from '../../ui/relative-time.js';
import { exitWord, stateSince } from './session-text.js';

const loud: Readonly<Record<string, string>> = {
  waiting: 'text-waiting',
  crashed: 'text-danger',
  failed: 'text-danger',
  lost: 'text-danger',
  error: 'text-danger',
};

export function SessionState({ session, className }: { session: Session; className?: string }) {
  const kind = sessionStatus(session);
  const since = stateSince(session);
  const word = stateWord(session);
  const exit = kind === 'crashed' ? exitWord(session) : '';
  return (
    <span
      className={cx(
        'nums min-w-24 shrink-0 text-right text-12 font-medium',
        loud[kind] ?? 'text-text-3',
        className,
      )}
    >
      {/* A new word is a new element: it takes its place, and nothing is moved. */}
      <span key={word}>{word}</span>
      {since !== null && (
        <>
          {' '}
          <Elapsed from={since} className="min-w-9" />
        </>
      )}
      {exit !== '' && ` ${exit}`}
      {hasEnded(session.state) && exit === '' && session.endedAt !== null && (
        <>
          {' '}
          <RelativeTime at={session.endedAt} />
        </>
      )}
    </span>
  );
}
