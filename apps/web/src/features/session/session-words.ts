// How a session is described: how it ended, its agent, its numbers. Pure.
import { hasEnded, type Session } from '@roundhouse/protocol';
import { activityLine } from '../../lib/activity-words.js';
import { t, type PlainKey } from '../../lib/i18n/t.js';
import { formatDuration } from '../../lib/format.js';
import { sessionStatus } from '../../lib/status.js';

export const totalTokens = ({ tokens }: Session): number =>
  tokens.input + tokens.output + tokens.cacheRead + tokens.cacheCreation;

/** Share of what was read that came from the cache; null when nothing was read. */
export function cacheHit({ tokens }: Session): number | null {
  const read = tokens.input + tokens.cacheRead + tokens.cacheCreation;
  return read === 0 ? null : tokens.cacheRead / read;
}

const endings: Readonly<Record<string, PlainKey>> = {
  exited: 'session.endedWith.exited',
  crashed: 'session.endedWith.crashed',
  failed: 'session.endedWith.failed',
  lost: 'session.endedWith.lost',
  interrupted: 'session.endedWith.interrupted',
};

/** What happened, in the host's words when it gave any. */
export function endTitle(session: Session): string {
  if (session.stateReason) return session.stateReason.message;
  return t(endings[sessionStatus(session)] ?? 'session.endedWith.exited');
}

/** `exit 1`, `signal SIGKILL`, or nothing. */
export function exitWord({ exitCode, signal }: Session): string | null {
  if (signal !== null) return t('session.exitSignal', { signal });
  return exitCode === null ? null : t('session.exitCode', { code: exitCode });
}

export function ranFor({ startedAt, endedAt }: Session): string | null {
  if (startedAt === null || endedAt === null) return null;
  return formatDuration(Date.parse(endedAt) - Date.parse(startedAt));
}

/** Behind the state's word: why it waits, how it ended. */
export function stateDetail(session: Session): string | undefined {
  if (session.state === 'running') {
    const { activity } = session;
    const line = activityLine(activity);
    return line === '' || activity?.kind === 'idle' ? undefined : line;
  }
  if (session.state === 'exited') return exitWord(session) ?? undefined;
  return hasEnded(session.state) || session.state === 'unknown' ? session.stateReason?.message : undefined;
}

/** A web address for the branch, when the remote has one. Only http and https: it is the host's word. */
export function branchUrl({ remoteUrl, branch }: Session): URL | null {
  if (remoteUrl === null || !URL.canParse(remoteUrl)) return null;
  const url = new URL(remoteUrl);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return null;
  url.pathname = url.pathname.replace(/\.git$/, '').replace(/\/$/, '');
  if (branch !== null && /(^|\.)(github|gitlab)\./.test(url.host))
    url.pathname += `/tree/${branch.split('/').map(encodeURIComponent).join('/')}`;
  return url;
}

/** Whether the terminal has nothing to show yet, or never will. A resumed session keeps its old output in sight. */
export const isCovered = ({ state, startedAt, epoch }: Session): boolean =>
  (startedAt === null && (state === 'queued' || state === 'starting' || state === 'failed')) ||
  (state === 'failed' && epoch === 1);
