// Rows of what hosts and sessions did: by quarters of an hour, and tokens in equal parts of a span.
import { Inject, Injectable } from '@nestjs/common';
import { activitySlotMs, type FleetActivity } from '@roundhouse/protocol';
import { Database } from '../../platform/database/database.js';
import { grainMs, grains } from '../bucket-tables.js';
import { ceilTo } from './segments.js';

type FleetHost = FleetActivity['hosts'][number];
type FleetSession = FleetActivity['sessions'][number];

const sparkParts = 24;

@Injectable()
export class FleetActivityRepository {
  constructor(@Inject(Database) private readonly database: Database) {}

  async hosts(from: Date, to: Date): Promise<FleetHost[]> {
    const { client } = this.database;
    const slotS = activitySlotMs / 1_000;
    const hosts = await client.host.findMany({ select: { id: true }, orderBy: { name: 'asc' } });
    const seen = await client.hostPresence.findMany({ where: { at: { gte: from, lt: to } } });
    const busy = await client.$queryRaw<{ id: string; slot: number; working: bigint; waiting: bigint }[]>`
      SELECT host_id::text AS id, floor(extract(epoch FROM at - ${from}::timestamptz) / ${slotS}::int)::int AS slot,
        sum(working_ms)::bigint AS working, sum(waiting_ms)::bigint AS waiting
      FROM activity_buckets WHERE grain = ${grains.minute} AND at >= ${from} AND at < ${to} GROUP BY 1, 2`;
    const present = new Set(seen.map(({ at, hostId }) => `${hostId} ${String(slotOf(at, from))}`));
    const worked = new Map(busy.map(({ id, slot, ...row }) => [`${id} ${String(slot)}`, row]));
    const length = Math.round((to.getTime() - from.getTime()) / activitySlotMs);
    return hosts.map(({ id }) => ({
      hostId: id as FleetHost['hostId'],
      slots: Array.from({ length }, (_, slot) => {
        const key = `${id} ${String(slot)}`;
        const row = worked.get(key);
        const [workingMs, waitingMs] = [Number(row?.working ?? 0), Number(row?.waiting ?? 0)];
        return { workingMs, waitingMs, offline: !present.has(key) && workingMs + waitingMs === 0 };
      }),
    }));
  }

  /** Of a day the hours, else equal parts of the minutes: a fleet has many minutes a day. */
  async sessions(from: Date, to: Date): Promise<FleetSession[]> {
    const partMs = (to.getTime() - from.getTime()) / sparkParts;
    const isHours = partMs === grainMs.hour;
    const first = isHours ? new Date(ceilTo('hour', to.getTime()) - sparkParts * partMs) : from;
    const partS = partMs / 1_000;
    const rows = await this.database.client.$queryRaw<{ id: string; part: number; tokens: bigint }[]>`
      SELECT session_id::text AS id, floor(extract(epoch FROM at - ${first}::timestamptz) / ${partS}::int)::int AS part,
        sum(input_tokens + output_tokens + cache_read_tokens + cache_creation_tokens)::bigint AS tokens
      FROM usage_buckets WHERE grain = ${isHours ? grains.hour : grains.minute} AND at >= ${first} AND at < ${to}
      GROUP BY 1, 2`;
    const sessions = new Map<string, number[]>();
    for (const { id, part, tokens } of rows) {
      const list = sessions.get(id) ?? Array.from({ length: sparkParts }, () => 0);
      list[part] = Number(tokens);
      sessions.set(id, list);
    }
    return [...sessions].map(([id, tokens]) => ({ sessionId: id as FleetSession['sessionId'], tokens }));
  }
}

const slotOf = (at: Date, from: Date): number => (at.getTime() - from.getTime()) / activitySlotMs;
