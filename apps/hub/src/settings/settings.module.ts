// The hub's settings as people see them.
import { Module } from '@nestjs/common';
import { SettingsController } from './settings.controller.js';
import { SettingsGateway } from './settings.gateway.js';

@Module({ controllers: [SettingsController], providers: [SettingsGateway] })
export class SettingsModule {}
