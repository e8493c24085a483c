// How busy hosts were: samples become minutes that add up, survive a restart, go after a day, and leave gaps.
import { ManualClock, newId, silentLogger } from '@roundhouse/kit';
import { hostIdSchema, type HostId, type HostMetrics, type SystemInfo } from '@roundhouse/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Database } from '../platform/database/database.js';
import { TestHub } from '../testing/test-hub.js';
import { withSkew } from './clock-skew.js';
import { HostMetricsRepository } from './host-metrics.repository.js';
import { HostMetricsService } from './host-metrics.service.js';
import { metricsOf, sumsOf } from './host-minutes.js';

const system = (cpuPercent: number | null, change: Partial<SystemInfo> = {}): SystemInfo => ({
  ...{ os: 'Linux', arch: 'x64', hostname: 'mill', cores: 2, cpuPercent, memTotalBytes: 8, memUsedBytes: 4 },
  ...{ diskTotalBytes: 8, diskFreeBytes: 4, uptimeS: 1, load1: 1 },
  ...change,
});
const start = Date.UTC(2026, 0, 1, 12);
const minute = 60_000;

describe('minutes', () => {
  it('are means with the largest sample; a span without a sample is missing; what is older is left out', () => {
    const at = (n: number, cpu: number | null) => sumsOf(system(cpu), start + n * minute);
    const told = metricsOf('1h', start + 10 * minute, [at(-60, 99), at(0, 10), at(0, 30), at(3, null)]);
    expect(told).toMatchObject({ stepMs: minute, to: new Date(start + 11 * minute).toISOString() });
    expect(
      told.points.map(({ at: when, cpuPercent, cpuMaxPercent }) => [when, cpuPercent, cpuMaxPercent]),
    ).toEqual([
      [new Date(start).toISOString(), 20, 30],
      [new Date(start + 3 * minute).toISOString(), null, null],
    ]);
    const day = metricsOf('24h', start + 10 * minute, [at(0, 10), at(4, 30), at(5, 50)]);
    expect(day.points.map(({ cpuPercent }) => cpuPercent)).toEqual([20, 50]);
  });

  it('tells how far the clock of a host is away, whatever the host says of it', () => {
    expect(withSkew(system(1, { clockMs: start + 2_500 }), start).clockSkewMs).toBe(2_500);
    expect(withSkew(system(1, { clockSkewMs: 7 }), start)).not.toHaveProperty('clockSkewMs');
  });
});

describe('the history of a host', () => {
  let test: TestHub;
  let cookie: string;
  let id: HostId;
  let clock: ManualClock;
  let service: HostMetricsService;
  const restart = (): void => {
    service = new HostMetricsService(
      new HostMetricsRepository(test.hub.get(Database)),
      clock,
      silentLogger(),
    );
  };
  beforeAll(async () => {
    test = await TestHub.start();
    cookie = await test.setUp();
  }, 60_000);
  afterAll(() => test.close());
  beforeEach(async () => {
    id = hostIdSchema.parse(newId());
    await test.hub.get(Database).client.host.create({ data: { id, name: id, state: 'online' } });
    clock = new ManualClock(start);
    restart();
  });

  const cpus = async (): Promise<(number | null)[]> =>
    (await service.metrics(id, '1h')).points.map(({ cpuPercent }) => cpuPercent);

  it('F:A14 has the present minute at once, survives a restart in its midst, and shows the gap', async () => {
    expect(await cpus()).toEqual([]);
    service.observed(id, system(10));
    expect(await cpus()).toEqual([10]);
    await service.onModuleDestroy();
    restart();
    service.observed(id, system(30));
    expect(await cpus()).toEqual([20]);
    clock.advance(5 * minute);
    service.observed(id, system(70));
    await service.write();
    const { points } = await service.metrics(id, '1h');
    expect(
      points.map(({ at, cpuPercent, cpuMaxPercent }) => [Date.parse(at) - start, cpuPercent, cpuMaxPercent]),
    ).toEqual([
      [0, 20, 30],
      [5 * minute, 70, 70],
    ]);
  });

  it('never grows: rows older than a day and an hour go, and those of a deleted host with it', async () => {
    const { client } = test.hub.get(Database);
    service.onApplicationBootstrap();
    service.observed(id, system(10));
    clock.advance(minute);
    await service.write();
    expect(await client.hostMinute.count({ where: { hostId: id } })).toBe(1);
    for (let hour = 0; hour < 26; hour += 1) clock.advance(60 * minute);
    await expect.poll(() => client.hostMinute.count({ where: { hostId: id } })).toBe(0);
    service.observed(id, system(10));
    await service.onModuleDestroy();
    expect(await client.hostMinute.count({ where: { hostId: id } })).toBe(1);
    await client.host.delete({ where: { id } });
    expect(await client.hostMinute.count({ where: { hostId: id } })).toBe(0);
    // A sample that was held while the host was deleted is no failure of the others.
    service.observed(id, system(10));
    await service.write(Infinity);
    expect(await cpus()).toEqual([]);
  });

  it('is told by the API to who may see hosts', async () => {
    const path = `/api/v1/hosts/${id}/metrics`;
    expect((await test.call({ path })).status).toBe(401);
    test.hub.get(HostMetricsService).observed(id, system(42, { load1: 3 }));
    const answer = await test.call({ path: `${path}?window=24h`, headers: test.browser(cookie) });
    expect(answer.status).toBe(200);
    const told = answer.body as unknown as HostMetrics;
    expect(told).toMatchObject({ window: '24h', stepMs: 5 * minute });
    expect(told.points.at(-1)).toMatchObject({ cpuPercent: 42, load1: 3, memUsedBytes: 4, diskFreeBytes: 4 });
    const refused = await test.call({ path: `${path}?window=7d`, headers: test.browser(cookie) });
    expect(refused.status).toBe(422);
    const unknown = await test.call({
      path: `/api/v1/hosts/${newId()}/metrics`,
      headers: test.browser(cookie),
    });
    expect(unknown.status).toBe(404);
  });

  it('F:A14 gauges of /metrics are those of hosts that are connected, under their ids', async () => {
    const { client } = test.hub.get(Database);
    await client.host.update({ where: { id }, data: { system: system(12.5, { load1: 1.25 }) } });
    const away = hostIdSchema.parse(newId());
    await client.host.create({ data: { id: away, name: away, state: 'offline', system: system(1) } });
    const { text } = await test.call({ path: '/metrics', headers: test.browser(cookie) });
    expect(text.split('\n')).toEqual(
      expect.arrayContaining([
        `roundhouse_host_cpu_ratio{host_id="${id}"} 0.125`,
        `roundhouse_host_load1{host_id="${id}"} 1.25`,
        `roundhouse_host_memory_used_bytes{host_id="${id}"} 4`,
      ]),
    );
    expect(text).not.toContain(away);
  });
});
