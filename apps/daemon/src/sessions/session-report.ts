// A session as the hub is told of it in `hello` and `status`. Pure.
import type { ReportedSession, SessionWarning } from '@roundhouse/protocol';
import { conversationOf, type SessionRecord } from './session-record.js';

export function reportOf(record: SessionRecord, warnings: SessionWarning[]): ReportedSession {
  const { sessionId, epoch, state, profile, mode, project, cwd, branch, remoteUrl, worktree } = record;
  const { cols, rows, startedAt, agent, stop } = record;
  const told = state === 'running' && stop !== null ? 'stopping' : state;
  const pid = agent?.pid ?? null;
  const where = { project, cwd, branch, remoteUrl, worktree };
  const known = { conversationId: conversationOf(record), notes: record.notes ?? [] };
  return {
    sessionId,
    epoch,
    state: told,
    profile,
    mode,
    ...where,
    pid,
    cols,
    rows,
    warnings,
    startedAt,
    ...known,
  };
}
