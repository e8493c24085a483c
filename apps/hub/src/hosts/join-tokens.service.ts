// Makes join tokens and the commands that carry them.
import { Inject, Injectable } from '@nestjs/common';
import { hashSecret, newSecret, type Clock, type NewId } from '@roundhouse/kit';
import { formatJoinToken, joinTokenTtlMs } from '@roundhouse/protocol';
import { HubIdentity } from '../auth/hub-identity.js';
import type { HubConfig } from '../config.js';
import { HubAddress } from '../platform/http/hub-address.js';
import { CLOCK, CONFIG, NEW_ID } from '../platform/tokens.js';
import type { NewJoinToken } from './host.repository.js';
import { joinCommands } from './join-commands.js';

export interface IssuedJoinToken {
  readonly row: NewJoinToken;
  /** Shown once; only its hash is stored. */
  readonly text: string;
}

@Injectable()
export class JoinTokensService {
  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(NEW_ID) private readonly newId: NewId,
    @Inject(CONFIG) private readonly config: HubConfig,
    @Inject(HubIdentity) private readonly identity: HubIdentity,
    @Inject(HubAddress) private readonly address: HubAddress,
  ) {}

  issue(hostId: string): IssuedJoinToken {
    const id = this.newId();
    const secret = newSecret();
    const expiresAt = new Date(this.clock.now() + joinTokenTtlMs);
    const text = formatJoinToken({
      id,
      secret,
      hubKey: this.identity.fingerprint,
      ca: this.address.caFingerprint,
    });
    return { row: { id, hostId, tokenHash: hashSecret(secret), expiresAt }, text };
  }

  /** The part of an answer that shows a token. */
  reveal(token: IssuedJoinToken, host: { readonly name: string; readonly projectRoots: readonly string[] }) {
    return {
      joinToken: token.text,
      joinTokenExpiresAt: token.row.expiresAt.toISOString(),
      commands: joinCommands({
        hubUrl: this.address.publicUrl,
        joinToken: token.text,
        image: this.config.daemonImage,
        projectRoots: host.projectRoots,
        hostName: host.name,
      }),
    };
  }
}
