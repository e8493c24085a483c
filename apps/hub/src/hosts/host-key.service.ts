// Replaces and revokes the keys of hosts. A connected daemon proposes its next key; nothing is interrupted.
import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@roundhouse/kit';
import {
  AppError,
  keyProof,
  type DaemonEvents,
  type Host,
  type HostId,
  type PayloadOf,
} from '@roundhouse/protocol';
import type { Actor } from '../auth/actor.js';
import { AuditService } from '../audit/audit.service.js';
import { HubIdentity } from '../auth/hub-identity.js';
import { EventBus } from '../platform/event-bus/event-bus.js';
import { CLOCK } from '../platform/tokens.js';
import { isSignedBy } from '../platform/ws/daemon-handshake.js';
import { DaemonRegistry } from '../platform/ws/daemon-registry.js';
import type { DaemonSocket } from '../platform/ws/handlers.js';
import { HostKeyRepository } from './host-key.repository.js';
import { HostsService } from './hosts.service.js';
import { readPublicKey } from './public-key.js';

/** The daemon makes a key, writes it down and comes back with it. */
const renewTimeoutMs = 15_000;

@Injectable()
export class HostKeyService {
  constructor(
    @Inject(HostKeyRepository) private readonly keys: HostKeyRepository,
    @Inject(HostsService) private readonly hosts: HostsService,
    @Inject(HubIdentity) private readonly identity: HubIdentity,
    @Inject(DaemonRegistry) private readonly daemons: DaemonRegistry,
    @Inject(AuditService) private readonly audit: AuditService,
    @Inject(EventBus) private readonly bus: EventBus,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** What a daemon proposes. @throws AppError HOST_KEY_INVALID, VALIDATION_FAILED, CONFLICT */
  async rotate(proposal: PayloadOf<DaemonEvents['key.rotate']>, socket: DaemonSocket): Promise<void> {
    const { hostId, generation } = socket;
    const publicKey = readPublicKey(proposal.publicKey);
    const current = await this.keys.publicKeyOf(hostId);
    const { hubId } = this.identity;
    const proof = keyProof({ hubId, hostId, generation, publicKey: proposal.publicKey });
    const byNew = isSignedBy(publicKey, proof, proposal.byNew);
    // The answer to the first time was lost.
    if (current === publicKey && byNew) return;
    if (!byNew || current === null || !isSignedBy(current, proof, proposal.byOld))
      throw new AppError('HOST_KEY_INVALID');
    const now = new Date(this.clock.now());
    const subject = { kind: 'host', id: hostId };
    const host = await this.keys.transaction(async (tx) => {
      const rotated = await this.keys.rotate(hostId, { from: current, to: publicKey, now }, tx);
      if (rotated === 'taken')
        throw new AppError('CONFLICT', { message: 'Another host is registered with this key' });
      if (!rotated) throw new AppError('HOST_KEY_INVALID');
      await this.audit.record('HOST_KEY_ROTATED', { actor: null, subject }, tx);
      return rotated;
    });
    this.bus.emit('host.changed', host);
  }

  /** Asks the daemon for a new key now. @throws AppError NOT_FOUND, HOST_UNREACHABLE; what the daemon answers */
  async renew(id: HostId, actor: Actor): Promise<Host> {
    await this.hosts.get(id);
    const daemon = this.daemons.require(id);
    await this.audit.record('HOST_KEY_ASKED', { actor, subject: { kind: 'host', id } });
    await daemon.request('key.renew', {}, { timeoutMs: renewTimeoutMs });
    return this.hosts.get(id);
  }

  /** The daemon is told and cut off at once; its agents go on. @throws AppError NOT_FOUND */
  async revoke(id: HostId, actor: Actor): Promise<Host> {
    await this.hosts.get(id);
    const host = await this.keys.transaction(async (tx) => {
      const revoked = await this.keys.revoke(id, tx);
      if (!revoked) throw new AppError('NOT_FOUND', { message: 'There is no such host' });
      await this.audit.record('HOST_KEY_REVOKED', { actor, subject: { kind: 'host', id } }, tx);
      return revoked;
    });
    this.hosts.disconnect(id);
    this.bus.emit('host.changed', host);
    return host;
  }
}
