// Profiles as hosts report them.
import { Module } from '@nestjs/common';
import { HostsModule } from '../hosts/hosts.module.js';
import { ProfilesController } from './profiles.controller.js';

@Module({ imports: [HostsModule], controllers: [ProfilesController] })
export class ProfilesModule {}
