// The words of a session's card: what it does or why it stands, how its state is detailed. Pure.
import { hasEnded, type ActivityKind, type Host, type Session } from '@roundhouse/protocol';
import { activityLine, askedLine } from '../../lib/activity-words.js';
import { formatAgo } from '../../lib/format.js';
import { t } from '../../lib/i18n/t.js';
import { lastCommand } from '../../lib/shell-words.js';
import { sessionStatus } from '../../lib/status.js';

/** The line under the name: activity, or the reason of its state, or what the agent calls itself, or its task. */
export function nowLine(
  session: Session,
  host: Host | undefined,
  now: number,
  title: string | null = null,
): string {
  if (session.orphan) return t('fleet.orphan');
  if (session.state === 'unknown' && host?.lastSeenAt)
    return t('fleet.hostSeen', { ago: formatAgo(Date.parse(host.lastSeenAt), now) });
  const { activity, stateReason } = session;
  if (activity !== null && asksForSomeone.includes(activity.kind)) return activityLine(activity);
  if (stateReason !== null && session.state !== 'running') return stateReason.message;
  if (session.state === 'queued') return t('fleet.deadline');
  return (activity && askedLine(activity)) ?? calmLine(session, title);
}

/** What a shell did last, or what an agent calls itself, else its task, else why it is said to work or rest. */
function calmLine(session: Session, title: string | null): string {
  const { name, task, activity } = session;
  // While it works, its last command is the one before.
  const done = activity?.kind === 'working' ? '' : lastCommand(session);
  if (done !== '') return done;
  if (title !== null && title !== name) return title;
  // Why one rests is told where somebody asks: here it would be no news.
  return firstLine(task) || (activity?.kind === 'idle' ? '' : (activity?.why ?? ''));
}

/** There its reason matters more than what the agent calls itself. */
const asksForSomeone: readonly ActivityKind[] = ['waiting', 'rate-limited', 'error'];

const firstLine = (text: string | null): string => (text ?? '').trim().split('\n', 1)[0] ?? '';

/** Why an ended session ended, in a word: `exit 137`, `SIGKILL`; empty when it ended well. */
export function exitWord({ signal, exitCode }: Pick<Session, 'signal' | 'exitCode'>): string {
  if (signal !== null) return signal;
  return exitCode !== null && exitCode !== 0 ? t('fleet.exit', { code: exitCode }) : '';
}

/** The moment that the duration beside the state counts from; null when a duration says nothing. */
export function stateSince(session: Session): string | null {
  if (hasEnded(session.state) || session.state === 'unknown') return null;
  return session.activity?.since ?? session.startedAt ?? session.createdAt;
}

/** Whether cost and tokens mean something for this session; a shell has none, its place and pid stand there. */
export const hasUsage = (session: Session): boolean =>
  session.costSource !== 'none' ||
  session.context !== null ||
  Object.values(session.tokens).some((n) => n > 0);

export interface RemoteLinks {
  readonly site: string;
  readonly repository: string;
  readonly branch: string | null;
}

const trees: readonly (readonly [RegExp, string])[] = [
  [/(^|\.)gitlab\./, '/-/tree/'],
  [/(^|\.)bitbucket\.org$/, '/src/'],
  [/(^|\.)codeberg\.org$|(^|\.)gitea\./, '/src/branch/'],
];

/** Web pages of the repository and branch; null when origin has no web address. Only http(s) becomes a link. */
export function remoteLinks({
  remoteUrl,
  branch,
}: Pick<Session, 'remoteUrl' | 'branch'>): RemoteLinks | null {
  if (remoteUrl === null || !URL.canParse(remoteUrl)) return null;
  const url = new URL(remoteUrl);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return null;
  const repository = `${url.origin}${url.pathname.replace(/\.git$/, '').replace(/\/$/, '')}`;
  const tree = trees.find(([host]) => host.test(url.hostname))?.[1] ?? '/tree/';
  const path = branch?.split('/').map(encodeURIComponent).join('/');
  return {
    site: url.hostname,
    repository,
    branch: path === undefined ? null : `${repository}${tree}${path}`,
  };
}

export const isWaiting = (session: Session): boolean => sessionStatus(session) === 'waiting';

/** Longest path in characters that a card shows whole. */
const PATH_MAX = 38;

/** A long path by its end, which tells more than its beginning. */
export function shortPath(path: string): string {
  if (path.length <= PATH_MAX) return path;
  return `…/${path.split('/').slice(-2).join('/')}`;
}
