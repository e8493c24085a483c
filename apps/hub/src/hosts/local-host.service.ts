// The machine that the hub runs on: registered by itself, so that `npm start` needs no join command.
import { hostname } from 'node:os';
import { Inject, Injectable } from '@nestjs/common';
import type { NewId } from '@roundhouse/kit';
import { AppError, hostNameSchema } from '@roundhouse/protocol';
import { AuditService } from '../audit/audit.service.js';
import { EventBus } from '../platform/event-bus/event-bus.js';
import { NEW_ID } from '../platform/tokens.js';
import { HostRepository } from './host.repository.js';
import { JoinTokensService } from './join-tokens.service.js';

@Injectable()
export class LocalHostService {
  constructor(
    @Inject(HostRepository) private readonly hosts: HostRepository,
    @Inject(JoinTokensService) private readonly joinTokens: JoinTokensService,
    @Inject(AuditService) private readonly audit: AuditService,
    @Inject(EventBus) private readonly bus: EventBus,
    @Inject(NEW_ID) private readonly newId: NewId,
  ) {}

  /**
   * A join token for the daemon of this machine; makes its host when there is none.
   * @returns null when that daemon has a key already: a new token would only replace it
   */
  async issueJoinToken({ daemonHasKey }: { readonly daemonHasKey: boolean }): Promise<string | null> {
    const name = hostNameSchema.catch('this machine').parse(hostname());
    const existing = await this.hosts.findByName(name);
    if (existing?.enrolled && daemonHasKey) return null;
    if (existing) {
      const token = this.joinTokens.issue(existing.host.id);
      const host = await this.hosts.addJoinToken(token.row, new Date());
      if (host) this.bus.emit('host.changed', host);
      return token.text;
    }
    const id = this.newId();
    const token = this.joinTokens.issue(id);
    const host = await this.hosts.create({ id, name, projectRoots: [], agents: [] }, token.row);
    if (!host)
      throw new AppError('CONFLICT', { message: `A host named ${name} was made at the same moment` });
    await this.audit.record('HOST_CREATED', {
      actor: null,
      subject: { kind: 'host', id },
      details: { name },
    });
    this.bus.emit('host.changed', host);
    return token.text;
  }
}
