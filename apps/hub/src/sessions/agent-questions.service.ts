// What people ask a host about its agents: whether a spawn would work, which conversations it has; and another model.
import { Inject, Injectable } from '@nestjs/common';
import {
  AppError,
  optionsProtocol,
  sessionIdSchema,
  type FoundConversation,
  type HostId,
  type SessionId,
  type SessionOptions,
} from '@roundhouse/protocol';
import type { Actor } from '../auth/actor.js';
import { AuditService } from '../audit/audit.service.js';
import { HostsService } from '../hosts/hosts.service.js';
import { DaemonRegistry } from '../platform/ws/daemon-registry.js';
import type { DaemonSocket } from '../platform/ws/handlers.js';
import { SessionRepository } from './session.repository.js';

/** An agent's `--version` may take 15 s on a slow disk. */
const preflightTimeoutMs = 25_000;
/** A store of many thousand conversations is read. */
const conversationsTimeoutMs = 15_000;
const modelTimeoutMs = 5_000;

export interface PreflightQuestion {
  readonly hostId: HostId;
  readonly profile: string;
  readonly project: string;
  readonly worktree: boolean;
  readonly options?: SessionOptions | undefined;
  readonly confirmBypass?: string | undefined;
}

@Injectable()
export class AgentQuestions {
  constructor(
    @Inject(DaemonRegistry) private readonly daemons: DaemonRegistry,
    @Inject(HostsService) private readonly hosts: HostsService,
    @Inject(SessionRepository) private readonly sessions: SessionRepository,
    @Inject(AuditService) private readonly audit: AuditService,
  ) {}

  /** @throws AppError NOT_FOUND, HOST_UNREACHABLE, DAEMON_TOO_OLD, PROFILE_NOT_FOUND */
  async preflight({ hostId, profile, project, worktree, options = {}, confirmBypass }: PreflightQuestion) {
    await this.hosts.get(hostId);
    const daemon = this.#daemonOf(hostId);
    const confirm = confirmBypass === undefined ? {} : { confirmBypass };
    const question = { profile, project, worktree, options, ...confirm };
    return daemon.request('session.preflight', question, { timeoutMs: preflightTimeoutMs });
  }

  /** Each with the session of this hub that has it. @throws as `preflight` */
  async conversations(
    hostId: HostId,
    { project, profile }: { project?: string | undefined; profile?: string | undefined },
  ): Promise<{ items: FoundConversation[] }> {
    await this.hosts.get(hostId);
    const question = { project: project ?? null, profile: profile ?? null };
    const { items } = await this.#daemonOf(hostId).request('conversations.list', question, {
      timeoutMs: conversationsTimeoutMs,
    });
    const holders = await this.sessions.holdersOf(
      hostId,
      items.map(({ id }) => id),
    );
    return { items: items.map((item) => ({ ...item, sessionId: holders.get(item.id) ?? null })) };
  }

  /** Typed by the host while the agent is idle. @throws AppError NOT_FOUND, SESSION_NOT_RUNNING, CONFLICT, OPTION_UNKNOWN */
  async setModel(id: SessionId, model: string, actor: Actor): Promise<void> {
    const session = await this.sessions.find(id);
    if (!session) throw new AppError('NOT_FOUND', { message: 'There is no such session' });
    if (session.state !== 'running') throw new AppError('SESSION_NOT_RUNNING');
    const { hostId, epoch } = session;
    const order = { sessionId: sessionIdSchema.parse(id), epoch, model };
    const daemon = this.#daemonOf(hostId);
    const subject = { kind: 'session', id } as const;
    await this.audit.record('SESSION_MODEL_ASKED', { actor, subject, details: { model } });
    await daemon.request('session.model', order, { timeoutMs: modelTimeoutMs });
  }

  #daemonOf(hostId: HostId): DaemonSocket {
    const daemon = this.daemons.require(hostId);
    if (daemon.protocol < optionsProtocol) {
      throw new AppError('DAEMON_TOO_OLD', { hint: 'Update the daemon of this host.' });
    }
    return daemon;
  }
}
