// What the hub is made of. A new feature is one line in `features`.
import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { AuditModule } from './audit/audit.module.js';
import { AuthModule } from './auth/auth.module.js';
import { BackupModule } from './backup/backup.module.js';
import { DaemonLinkModule } from './daemon-link/daemon-link.module.js';
import { HostsModule } from './hosts/hosts.module.js';
import { LiveModule } from './live/live.module.js';
import { PlatformModule, type PlatformParts } from './platform/platform.module.js';
import { PreviewsModule } from './previews/previews.module.js';
import { ProfilesModule } from './profiles/profiles.module.js';
import { RecordingsModule } from './recordings/recordings.module.js';
import { SessionsModule } from './sessions/sessions.module.js';
import { SettingsModule } from './settings/settings.module.js';
import { TelemetryModule } from './telemetry/telemetry.module.js';
import { TerminalModule } from './terminal/terminal.module.js';

export const features: readonly Type[] = [
  HostsModule,
  SessionsModule,
  TerminalModule,
  PreviewsModule,
  RecordingsModule,
  TelemetryModule,
  ProfilesModule,
  SettingsModule,
  BackupModule,
  DaemonLinkModule,
  LiveModule,
];

@Module({})
export class AppModule {
  static with(parts: PlatformParts, modules: readonly Type[]): DynamicModule {
    return { module: AppModule, imports: [PlatformModule.with(parts), AuditModule, AuthModule, ...modules] };
  }
}
