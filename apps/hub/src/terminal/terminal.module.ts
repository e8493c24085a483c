// Terminals: the relay between browsers and daemons.
import { Module } from '@nestjs/common';
import { SessionsModule } from '../sessions/sessions.module.js';
import { TerminalGateway } from './terminal.gateway.js';
import { TerminalRequests } from './terminal-requests.service.js';
import { TerminalService } from './terminal.service.js';

@Module({ imports: [SessionsModule], providers: [TerminalGateway, TerminalRequests, TerminalService] })
export class TerminalModule {}
