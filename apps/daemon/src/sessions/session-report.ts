// A session as the hub is told of it: in `hello` and `status`, and when it has started. Pure.
import type { FactBody, ProcessRef, ReportedSession, SessionWarning } from '@roundhouse/protocol';
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

export function startOf(record: SessionRecord, { pid }: ProcessRef): FactBody {
  const { sessionId, epoch, commandId, cwd, project, branch, remoteUrl, cols, rows, notes = [] } = record;
  const where = { cwd: cwd ?? project, branch, remoteUrl, cols, rows };
  const known = { conversationId: conversationOf(record), notes };
  return { kind: 'session.started', sessionId, epoch, commandId, pid, ...where, ...known };
}
