// What an agent does, and why that is believed: the signs are asked from its host.
import { Inject, Injectable } from '@nestjs/common';
import type { Activity, ActivityExplanation, SessionId } from '@roundhouse/protocol';
import { DaemonRegistry } from '../platform/ws/daemon-registry.js';
import { SessionsService } from './sessions.service.js';

/** It is in the daemon's memory. */
const explainTimeoutMs = 3_000;

@Injectable()
export class StatusService {
  constructor(
    @Inject(SessionsService) private readonly sessions: SessionsService,
    @Inject(DaemonRegistry) private readonly daemons: DaemonRegistry,
  ) {}

  /** @throws AppError NOT_FOUND */
  async status(
    id: SessionId,
  ): Promise<{ activity: Activity | null; explanation: ActivityExplanation | null }> {
    const { hostId, state, activity } = await this.sessions.get(id);
    const daemon = state === 'running' ? this.daemons.get(hostId) : undefined;
    // A host that left, an older daemon, an agent of which nothing is known: then there is nothing to explain.
    const asked = daemon?.request('session.explain', { sessionId: id }, { timeoutMs: explainTimeoutMs });
    return { activity, explanation: (await asked?.catch(() => null)) ?? null };
  }
}
