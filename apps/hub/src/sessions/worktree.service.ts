// The worktree of a session: what it holds, and its removal. The daemon decides; nothing is removed unasked.
import { Inject, Injectable } from '@nestjs/common';
import {
  AppError,
  hasEnded,
  type SessionId,
  type WorktreeRemoved,
  type WorktreeStatus,
} from '@roundhouse/protocol';
import type { Actor } from '../auth/actor.js';
import { AuditService } from '../audit/audit.service.js';
import { DaemonRegistry } from '../platform/ws/daemon-registry.js';
import { SessionsService } from './sessions.service.js';

/** git over a large worktree, with the rescue of everything in it. */
const removeTimeoutMs = 120_000;
const statusTimeoutMs = 20_000;

@Injectable()
export class WorktreeService {
  constructor(
    @Inject(SessionsService) private readonly sessions: SessionsService,
    @Inject(DaemonRegistry) private readonly daemons: DaemonRegistry,
    @Inject(AuditService) private readonly audit: AuditService,
  ) {}

  /** @throws AppError WORKTREE_NOT_FOUND, HOST_UNREACHABLE */
  async status(id: SessionId): Promise<WorktreeStatus> {
    const session = await this.sessions.get(id);
    if (!session.worktree) throw new AppError('WORKTREE_NOT_FOUND');
    const daemon = this.daemons.require(session.hostId);
    return daemon.request('worktree.status', { sessionId: id }, { timeoutMs: statusTimeoutMs });
  }

  /** @throws AppError SESSION_RUNNING, WORKTREE_NOT_CLEAN with the list, WORKTREE_NOT_FOUND */
  async remove(id: SessionId, confirm: boolean, actor: Actor): Promise<WorktreeRemoved> {
    const session = await this.sessions.get(id);
    if (!session.worktree) throw new AppError('WORKTREE_NOT_FOUND');
    if (!hasEnded(session.state)) throw new AppError('SESSION_RUNNING');
    const daemon = this.daemons.require(session.hostId);
    const subject = { kind: 'session', id } as const;
    // The host may refuse: that it was asked is known before, what came of it after.
    await this.audit.record('WORKTREE_REMOVAL_ASKED', { actor, subject, details: { confirm } });
    const removed = await daemon.request(
      'worktree.remove',
      { sessionId: id, confirm },
      { timeoutMs: removeTimeoutMs },
    );
    const { rescueRef } = removed;
    await this.audit.record('WORKTREE_REMOVED', { actor, subject, details: { rescueRef } });
    return removed;
  }
}
