// Previews: the last lines of screens, for cards.
import { Module } from '@nestjs/common';
import { SessionsModule } from '../sessions/sessions.module.js';
import { PreviewsGateway } from './previews.gateway.js';
import { PreviewsService } from './previews.service.js';

@Module({ imports: [SessionsModule], providers: [PreviewsGateway, PreviewsService] })
export class PreviewsModule {}
