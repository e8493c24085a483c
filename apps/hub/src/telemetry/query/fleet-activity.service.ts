// What hosts and sessions did in the last hours: strips of quarters of an hour, and spark lines.
import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@roundhouse/kit';
import { activitySlotMs, type FleetActivity } from '@roundhouse/protocol';
import { CLOCK } from '../../platform/tokens.js';
import { grainMs } from '../bucket-tables.js';
import { FleetActivityRepository } from './fleet-activity.repository.js';

@Injectable()
export class FleetActivityService {
  constructor(
    @Inject(FleetActivityRepository) private readonly rows: FleetActivityRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async read(hours: number): Promise<FleetActivity> {
    // The slot that is now is the last one.
    const end = (Math.floor(this.clock.now() / activitySlotMs) + 1) * activitySlotMs;
    const from = new Date(end - hours * grainMs.hour);
    const to = new Date(end);
    return {
      from: from.toISOString(),
      hosts: await this.rows.hosts(from, to),
      sessions: await this.rows.sessions(from, to),
    };
  }
}
