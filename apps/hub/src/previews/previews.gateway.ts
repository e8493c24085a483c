// Socket events of previews, from browsers and from daemons.
import { Inject, Injectable } from '@nestjs/common';
import type { DaemonEvents, PayloadOf, UiEvents } from '@roundhouse/protocol';
import { OnDaemon, OnUi, type DaemonSocket, type UiSocket } from '../platform/ws/handlers.js';
import { ForeignClaims } from '../sessions/foreign-claims.service.js';
import { PreviewsService } from './previews.service.js';

@Injectable()
export class PreviewsGateway {
  constructor(
    @Inject(PreviewsService) private readonly previews: PreviewsService,
    @Inject(ForeignClaims) private readonly foreign: ForeignClaims,
  ) {}

  @OnUi('preview.watch')
  async watch({ sessionIds }: PayloadOf<UiEvents['preview.watch']>, socket: UiSocket) {
    await this.previews.watch(sessionIds, socket);
    return {};
  }

  @OnDaemon('terminal.preview')
  preview(
    { sessionId, ...preview }: PayloadOf<DaemonEvents['terminal.preview']>,
    socket: DaemonSocket,
  ): void {
    const hostId = this.previews.hostOf(sessionId);
    if (hostId === socket.hostId) this.previews.preview(sessionId, preview);
    else if (hostId) this.foreign.record(socket.hostId, sessionId);
    else this.foreign.suspect(socket.hostId, sessionId);
  }
}
