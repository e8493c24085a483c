// A daemon trades its one-time join token for the registration of its key.
import { Inject, Injectable } from '@nestjs/common';
import { hashSecret, sameDigest, type Clock } from '@roundhouse/kit';
import { AppError, parseJoinToken, type InstanceId } from '@roundhouse/protocol';
import { AuditService } from '../audit/audit.service.js';
import { HubIdentity } from '../auth/hub-identity.js';
import { EventBus } from '../platform/event-bus/event-bus.js';
import { HubAddress } from '../platform/http/hub-address.js';
import { CLOCK } from '../platform/tokens.js';
import { HostRepository } from './host.repository.js';
import { HostsService } from './hosts.service.js';
import { readPublicKey } from './public-key.js';

@Injectable()
export class EnrolmentService {
  constructor(
    @Inject(HostRepository) private readonly repository: HostRepository,
    @Inject(HostsService) private readonly hosts: HostsService,
    @Inject(HubIdentity) private readonly identity: HubIdentity,
    @Inject(HubAddress) private readonly address: HubAddress,
    @Inject(AuditService) private readonly audit: AuditService,
    @Inject(EventBus) private readonly bus: EventBus,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws AppError JOIN_TOKEN_INVALID, VALIDATION_FAILED, CONFLICT */
  async enrol(request: { token: string; publicKey: string; instanceId: InstanceId }, ip: string) {
    const { id, secret, hubKey } = parseJoinToken(request.token);
    const publicKey = readPublicKey(request.publicKey);
    const row = await this.repository.findJoinToken(id);
    const genuine = row !== null && sameDigest(row.tokenHash, hashSecret(secret));
    if (!genuine || hubKey !== this.identity.fingerprint) throw new AppError('JOIN_TOKEN_INVALID');
    const now = new Date(this.clock.now());
    const enrolled = { publicKey, instanceId: request.instanceId, now };
    const host = await this.repository.transaction(async (tx) => {
      const made = await this.repository.enrol(id, enrolled, tx);
      if (!made) throw new AppError('JOIN_TOKEN_INVALID');
      if (made === 'taken') throw keyTaken();
      const subject = { kind: 'host', id: made.id };
      await this.audit.record('HOST_ENROLLED', { actor: null, ip, subject }, tx);
      return made;
    });
    this.hosts.disconnect(host.id);
    this.bus.emit('host.changed', host);
    return {
      hostId: host.id,
      name: host.name,
      hubId: this.identity.hubId,
      hubPublicKey: this.identity.publicKeySpki,
      caCertificate: this.address.caCertificate,
    };
  }
}

const keyTaken = (): AppError =>
  new AppError('CONFLICT', {
    message: 'Another host is registered with this key',
    hint: 'Give the daemon a state directory of its own, so that it makes a key of its own.',
    fields: [{ field: 'publicKey', message: 'is the key of another host' }],
  });
