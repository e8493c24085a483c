// Backups that the hub makes of itself.
import { Module } from '@nestjs/common';
import { BackupsController } from './backups.controller.js';
import { DailyBackups } from './daily-backups.service.js';

@Module({ controllers: [BackupsController], providers: [DailyBackups], exports: [DailyBackups] })
export class BackupModule {}
