// REST of hosts.
import { Controller, Inject } from '@nestjs/common';
import { routes } from '@roundhouse/protocol';
import { Handle, Parsed, signedIn, type Call } from '../platform/http/route.js';
import { EnrolmentService } from './enrolment.service.js';
import { HostKeyService } from './host-key.service.js';
import { HostMetricsService } from './host-metrics.service.js';
import { HostSettings } from './host-settings.service.js';
import { HostsService } from './hosts.service.js';

const { hosts } = routes;

@Controller()
export class HostsController {
  constructor(
    @Inject(HostsService) private readonly service: HostsService,
    @Inject(HostMetricsService) private readonly metricsService: HostMetricsService,
    @Inject(HostSettings) private readonly hostSettings: HostSettings,
    @Inject(HostKeyService) private readonly keys: HostKeyService,
    @Inject(EnrolmentService) private readonly enrolment: EnrolmentService,
  ) {}

  @Handle(hosts.create)
  create(@Parsed() call: Call<typeof hosts.create>) {
    return this.service.create(call.body, signedIn(call));
  }

  @Handle(hosts.list)
  async list() {
    return { items: await this.service.list() };
  }

  @Handle(hosts.get)
  get(@Parsed() call: Call<typeof hosts.get>) {
    return this.service.get(call.params.id);
  }

  @Handle(hosts.metrics)
  async metrics(@Parsed() call: Call<typeof hosts.metrics>) {
    const { id } = await this.service.get(call.params.id);
    return this.metricsService.metrics(id, call.query.window);
  }

  @Handle(hosts.settings)
  async settings(@Parsed() call: Call<typeof hosts.settings>) {
    return this.hostSettings.of(await this.service.get(call.params.id));
  }

  @Handle(hosts.update)
  update(@Parsed() call: Call<typeof hosts.update>) {
    return this.service.rename(call.params.id, call.body.name, signedIn(call));
  }

  @Handle(hosts.remove)
  remove(@Parsed() call: Call<typeof hosts.remove>) {
    return this.service.remove(call.params.id, signedIn(call));
  }

  @Handle(hosts.createJoinToken)
  createJoinToken(@Parsed() call: Call<typeof hosts.createJoinToken>) {
    return this.service.createJoinToken(call.params.id, signedIn(call));
  }

  @Handle(hosts.rotateKey)
  rotateKey(@Parsed() call: Call<typeof hosts.rotateKey>) {
    return this.keys.renew(call.params.id, signedIn(call));
  }

  @Handle(hosts.revokeKey)
  revokeKey(@Parsed() call: Call<typeof hosts.revokeKey>) {
    return this.keys.revoke(call.params.id, signedIn(call));
  }

  @Handle(hosts.rescan)
  rescan(@Parsed() call: Call<typeof hosts.rescan>) {
    return this.service.rescan(call.params.id);
  }

  @Handle(hosts.trustProject)
  trustProject(@Parsed() call: Call<typeof hosts.trustProject>) {
    return this.service.trustProject(call.params.id, call.body.path, signedIn(call));
  }

  @Handle(hosts.enrol)
  enrol(@Parsed() call: Call<typeof hosts.enrol>) {
    return this.enrolment.enrol(call.body, call.context.ip);
  }
}
