// What the hub is made of. A new feature is one line in `features`.
import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { AuditModule } from './audit/audit.module.js';
import { AuthModule } from './auth/auth.module.js';
import { PlatformModule, type PlatformParts } from './platform/platform.module.js';

export const features: readonly Type[] = [];

/** While false, routes and events that nothing handles yet are only logged; true makes the start fail. */
export const featuresComplete: boolean = false;

@Module({})
export class AppModule {
  static with(parts: PlatformParts, modules: readonly Type[]): DynamicModule {
    return { module: AppModule, imports: [PlatformModule.with(parts), AuditModule, AuthModule, ...modules] };
  }
}
