// The machine that the hub runs on: registered by itself, so that `npm start` needs no join command.
import { hostname } from 'node:os';
import { Inject, Injectable } from '@nestjs/common';
import type { Clock, NewId } from '@roundhouse/kit';
import { AppError, hostIdSchema, hostNameSchema, type Host, type HostId } from '@roundhouse/protocol';
import { AuditService } from '../audit/audit.service.js';
import { EventBus } from '../platform/event-bus/event-bus.js';
import { CLOCK, NEW_ID } from '../platform/tokens.js';
import { HostRepository, type NewJoinToken } from './host.repository.js';
import { JoinTokensService } from './join-tokens.service.js';
import { LocalHostRepository } from './local-host.repository.js';

/** Names of the same beginning before this gives up. */
const namesTried = 20;

@Injectable()
export class LocalHostService {
  constructor(
    @Inject(HostRepository) private readonly hosts: HostRepository,
    @Inject(LocalHostRepository) private readonly local: LocalHostRepository,
    @Inject(JoinTokensService) private readonly joinTokens: JoinTokensService,
    @Inject(AuditService) private readonly audit: AuditService,
    @Inject(EventBus) private readonly bus: EventBus,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(NEW_ID) private readonly newId: NewId,
  ) {}

  /**
   * A join token for the daemon of this machine; makes its host when there is none.
   * @returns null when that daemon has a key already: a new token would only replace it
   */
  async issueJoinToken({ daemonHasKey }: { readonly daemonHasKey: boolean }): Promise<string | null> {
    const existing = await this.local.find();
    if (existing?.enrolled && daemonHasKey) return null;
    if (!existing) return this.#register();
    const token = this.joinTokens.issue(existing.id);
    const host = await this.hosts.transaction((tx) =>
      this.hosts.addJoinToken(token.row, new Date(this.clock.now()), tx),
    );
    if (host) this.bus.emit('host.changed', host);
    return token.text;
  }

  async #register(): Promise<string> {
    const id = hostIdSchema.parse(this.newId());
    const token = this.joinTokens.issue(id);
    const host = await this.#create(id, token.row);
    await this.local.remember(id);
    this.bus.emit('host.changed', host);
    return token.text;
  }

  /** Another machine may have this one's name already: then a number is added. */
  async #create(id: HostId, token: NewJoinToken): Promise<Host> {
    const wanted = hostNameSchema.catch('this machine').parse(hostname());
    for (let number = 1; number <= namesTried; number += 1) {
      const name = number === 1 ? wanted : `${wanted} ${String(number)}`;
      const host = await this.#createNamed(id, name, token);
      if (host) return host;
    }
    throw new AppError('NAME_TAKEN', { message: `There are already hosts named ${wanted}` });
  }

  /** @returns null when the name is taken */
  async #createNamed(id: HostId, name: string, token: NewJoinToken): Promise<Host | null> {
    try {
      return await this.hosts.transaction(async (tx) => {
        const host = await this.hosts.create({ id, name, projectRoots: [], agents: [] }, token, tx);
        if (!host) throw new AppError('NAME_TAKEN');
        const subject = { kind: 'host', id };
        await this.audit.record('HOST_CREATED', { actor: null, subject, details: { name } }, tx);
        return host;
      });
    } catch (error) {
      if (error instanceof AppError && error.code === 'NAME_TAKEN') return null;
      throw error;
    }
  }
}
