// REST of the backups that the hub makes of itself.
import { Controller, Inject } from '@nestjs/common';
import { routes } from '@roundhouse/protocol';
import { Handle, Parsed, signedIn, type Call } from '../platform/http/route.js';
import { DailyBackups } from './daily-backups.service.js';

const { backups } = routes;

@Controller()
export class BackupsController {
  constructor(@Inject(DailyBackups) private readonly daily: DailyBackups) {}

  @Handle(backups.list)
  list() {
    return this.daily.show();
  }

  @Handle(backups.create)
  create(@Parsed() call: Call<typeof backups.create>) {
    return this.daily.begin(signedIn(call), call.context.ip);
  }
}
