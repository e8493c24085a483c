// What people do with hosts. Presence is in presence.service.ts, enrolment in enrolment.service.ts.
import { Inject, Injectable } from '@nestjs/common';
import type { Clock, NewId } from '@roundhouse/kit';
import { AppError, hostIdSchema, type Host, type HostId } from '@roundhouse/protocol';
import type { Actor } from '../auth/actor.js';
import { AuditService } from '../audit/audit.service.js';
import { EventBus } from '../platform/event-bus/event-bus.js';
import { CLOCK, NEW_ID } from '../platform/tokens.js';
import { DaemonRegistry } from '../platform/ws/daemon-registry.js';
import { HostRepository } from './host.repository.js';
import { JoinTokensService } from './join-tokens.service.js';
import { PresenceService } from './presence.service.js';

/** Projects and agents of a large machine take a while; longer than this and the daemon has a problem. */
const rescanTimeoutMs = 30_000;

interface HostRequest {
  readonly name: string;
  readonly projectRoots?: readonly string[] | undefined;
  readonly agents?: readonly string[] | undefined;
}

@Injectable()
export class HostsService {
  constructor(
    @Inject(HostRepository) private readonly hosts: HostRepository,
    @Inject(JoinTokensService) private readonly joinTokens: JoinTokensService,
    @Inject(DaemonRegistry) private readonly daemons: DaemonRegistry,
    @Inject(EventBus) private readonly bus: EventBus,
    @Inject(AuditService) private readonly audit: AuditService,
    @Inject(PresenceService) private readonly presence: PresenceService,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(NEW_ID) private readonly newId: NewId,
  ) {}

  list(): Promise<Host[]> {
    return this.hosts.list();
  }

  /** @throws AppError NOT_FOUND */
  async get(id: HostId): Promise<Host> {
    return found(await this.hosts.find(id));
  }

  /** @throws AppError NAME_TAKEN */
  async create(request: HostRequest, actor: Actor) {
    const id = hostIdSchema.parse(this.newId());
    const projectRoots = request.projectRoots ?? [];
    const token = this.joinTokens.issue(id);
    const row = { id, name: request.name, projectRoots, agents: request.agents ?? [] };
    const host = await this.hosts.transaction(async (tx) => {
      const made = await this.hosts.create(row, token.row, tx);
      if (!made) throw nameTaken(request.name);
      const details = { name: made.name };
      await this.audit.record('HOST_CREATED', { actor, subject: { kind: 'host', id }, details }, tx);
      return made;
    });
    this.bus.emit('host.changed', host);
    return { id, name: host.name, ...this.joinTokens.reveal(token, host) };
  }

  /** @throws AppError NOT_FOUND, NAME_TAKEN */
  async rename(id: HostId, name: string | undefined, actor: Actor): Promise<Host> {
    if (name === undefined) return this.get(id);
    const host = await this.hosts.transaction(async (tx) => {
      const renamed = await this.hosts.rename(id, name, tx);
      if (renamed === 'taken') throw nameTaken(name);
      const subject = { kind: 'host', id };
      await this.audit.record('HOST_RENAMED', { actor, subject, details: { name } }, tx);
      return found(renamed);
    });
    this.bus.emit('host.changed', host);
    return host;
  }

  /** Removes the host and its sessions here, and ends the connection of its daemon. */
  async remove(id: HostId, actor: Actor): Promise<{ sessions: number }> {
    const { sessions, version } = await this.hosts.transaction(async (tx) => {
      const removed = await this.hosts.remove(id, tx);
      if (!removed) throw new AppError('NOT_FOUND', { message: 'There is no such host' });
      const details = { sessions: removed.sessions };
      await this.audit.record('HOST_DELETED', { actor, subject: { kind: 'host', id }, details }, tx);
      return removed;
    });
    this.#revoke(id);
    this.bus.emit('host.deleted', { id, version });
    return { sessions };
  }

  /** A token with which a daemon replaces the key of the host. */
  async createJoinToken(id: HostId, actor: Actor) {
    const host = await this.get(id);
    const token = this.joinTokens.issue(id);
    const changed = await this.hosts.transaction(async (tx) => {
      await this.audit.record('JOIN_TOKEN_CREATED', { actor, subject: { kind: 'host', id } }, tx);
      return found(await this.hosts.addJoinToken(token.row, new Date(this.clock.now()), tx));
    });
    this.bus.emit('host.changed', changed);
    return this.joinTokens.reveal(token, host);
  }

  /** Ends the connection that was proven with a key that no longer counts. */
  disconnect(id: HostId): void {
    this.#revoke(id);
  }

  /** @throws AppError HOST_UNREACHABLE */
  async rescan(id: HostId): Promise<Host> {
    await this.get(id);
    await this.daemons.require(id).request('inventory.rescan', {}, { timeoutMs: rescanTimeoutMs });
    // The new inventory came before the answer.
    await this.presence.settled(id);
    return this.get(id);
  }

  /** @throws AppError PROJECT_NOT_FOUND, HOST_UNREACHABLE */
  async trustProject(id: HostId, path: string, actor: Actor): Promise<Host> {
    const host = await this.get(id);
    requireProject(host, path);
    const daemon = this.daemons.require(id);
    await this.audit.record('PROJECT_TRUSTED', { actor, subject: { kind: 'host', id }, details: { path } });
    await daemon.request('project.trust', { path });
    await this.presence.settled(id);
    return this.get(id);
  }

  #revoke(id: HostId): void {
    const socket = this.daemons.get(id);
    if (!socket) return;
    const refusal = new AppError('HOST_REVOKED');
    socket.emit('auth.refused', { code: refusal.code, message: refusal.message, hint: refusal.hint });
    socket.close();
  }
}

const nameTaken = (name: string): AppError =>
  new AppError('NAME_TAKEN', {
    message: `There is already a host named ${name}`,
    fields: [{ field: 'name', message: 'is taken' }],
  });

function found(host: Host | null): Host {
  if (!host) throw new AppError('NOT_FOUND', { message: 'There is no such host' });
  return host;
}

/** The project that the host reported under this path. @throws AppError PROJECT_NOT_FOUND */
function requireProject(host: Host, path: string) {
  const project = host.projects.find((candidate) => candidate.path === path);
  if (!project) {
    throw new AppError('PROJECT_NOT_FOUND', {
      message: `${host.name} has no project at ${path}`,
      fields: [{ field: 'project', message: 'is not a path that the host reported' }],
    });
  }
  return project;
}
