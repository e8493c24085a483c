// REST of profiles: what hosts report, put together by name, and whether a text would be a profile.
import { Controller, Inject } from '@nestjs/common';
import { AppError, routes } from '@roundhouse/protocol';
import { HostsService } from '../hosts/hosts.service.js';
import { Handle, Parsed, type Call } from '../platform/http/route.js';
import { onHosts, summarise } from './profile-summary.js';
import { validateProfile } from './validate-profile.js';

@Controller()
export class ProfilesController {
  constructor(@Inject(HostsService) private readonly hosts: HostsService) {}

  @Handle(routes.profiles.list)
  async list() {
    return { items: summarise(await this.hosts.list()) };
  }

  @Handle(routes.profiles.get)
  async get(@Parsed() { params }: Call<typeof routes.profiles.get>) {
    const hosts = onHosts(params.name, await this.hosts.list());
    if (hosts.length === 0) {
      throw new AppError('NOT_FOUND', { message: `No host has a profile ${params.name}` });
    }
    return { name: params.name, hosts };
  }

  @Handle(routes.profiles.validate)
  validate(@Parsed() { body }: Call<typeof routes.profiles.validate>) {
    return { ok: true as const, warnings: validateProfile(body) };
  }
}
