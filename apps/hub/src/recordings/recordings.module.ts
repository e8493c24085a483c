// Recordings: sessions as asciicast files.
import { Module } from '@nestjs/common';
import { SessionsModule } from '../sessions/sessions.module.js';
import { RecordingsController } from './recordings.controller.js';
import { RecordingsService } from './recordings.service.js';

@Module({ imports: [SessionsModule], controllers: [RecordingsController], providers: [RecordingsService] })
export class RecordingsModule {}
