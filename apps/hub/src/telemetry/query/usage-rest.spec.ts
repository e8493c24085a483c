// Usage over REST, against sums that the test makes itself from what it sent.
import { ManualClock, newId } from '@roundhouse/kit';
import {
  hostIdSchema,
  sessionIdSchema,
  usageReplySchema,
  usageSeriesSchema,
  sessionUsageReplySchema,
  fleetActivitySchema,
  type HostId,
  type SessionId,
  type UsageGroup,
} from '@roundhouse/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Database } from '../../platform/database/database.js';
import { FactsService } from '../../sessions/facts.service.js';
import { factOf } from '../../testing/hub-rig.js';
import { TestHub, type TestAnswer } from '../../testing/test-hub.js';
import { minuteWith, usageFact } from '../../testing/usage.js';
import { RetentionService } from '../retention.service.js';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const now = Date.parse('2026-05-17T13:37:42Z');

interface Sent {
  readonly host: string;
  readonly project: string;
  readonly profile: string;
  readonly session: string;
  readonly model: string;
  readonly at: number;
  readonly input: number;
  readonly calls: number;
}

let test: TestHub;
let cookie: string;
const clock = new ManualClock(now);
const sent: Sent[] = [];
const hosts: HostId[] = [hostIdSchema.parse(newId()), hostIdSchema.parse(newId())];

beforeAll(async () => {
  test = await TestHub.start({ clock });
  cookie = await test.setUp();
  const { client } = test.hub.get(Database);
  for (const [index, id] of hosts.entries()) {
    await client.host.create({ data: { id, name: `host ${String(index)}`, lastSeenAt: new Date(now) } });
  }
  for (let index = 0; index < 6; index += 1) await session(index);
}, 120_000);
afterAll(() => test.close());

/** One session with minutes over 5 days; which ones follows from its number. */
async function session(index: number): Promise<void> {
  const id = sessionIdSchema.parse(newId());
  const hostId = hosts[index % 2] as HostId;
  const project = `/srv/${['shop', 'blog', 'shop-api'][index % 3] ?? ''}`;
  const profile = index < 4 ? 'claude' : 'codex';
  const { client } = test.hub.get(Database);
  const place = {
    project,
    projectName: project.slice(5),
    state: 'running',
    createdAt: new Date(now - 5 * dayMs),
  };
  await client.session.create({
    data: { id, hostId, profile, name: `session ${String(index)}`, ...place, createdBy: null },
  });
  const minutes = Array.from({ length: 60 }, (_, number) => {
    const at = Math.floor((now - number * (117 + index) * minuteMs) / minuteMs) * minuteMs;
    const one = {
      input: 10 + ((number * 7 + index * 3) % 50),
      calls: number % 3,
      model: number % 4 ? 'opus' : 'haiku',
    };
    sent.push({ host: hostId, project, profile, session: id, at, ...one });
    return minuteWith(new Date(at).toISOString(), 1, { ...one, workingMs: 1_000 });
  });
  const facts = Array.from({ length: 6 }, (_, part) =>
    factOf(part + 1, usageFact(id, { rev: part + 1, input: 1 }, minutes.slice(part * 10, part * 10 + 10))),
  );
  await test.hub.get(FactsService).apply(hostId, newId(), facts);
}

const get = (path: string, headers: Record<string, string> = {}): Promise<TestAnswer> =>
  test.call({ path: `/api/v1${path}`, headers: { ...test.browser(cookie), ...headers } });
const iso = (at: number): string => new Date(at).toISOString();

async function usage(query: string) {
  const answer = await get(`/usage?${query}`);
  expect(answer.status, answer.text).toBe(200);
  return usageReplySchema.parse(answer.body);
}

const groupOf = ({ at, ...row }: Sent, group: UsageGroup): string | null => {
  if (group === 'user') return null;
  if (group === 'minute') return iso(at);
  if (group === 'hour') return iso(Math.floor(at / hourMs) * hourMs);
  return group === 'day' ? iso(at).slice(0, 10) : row[group];
};

/** Input and calls of each group. */
function reference(rows: readonly Sent[], groups: readonly UsageGroup[]): [string, number, number][] {
  const sums = new Map<string, [number, number]>();
  for (const row of rows) {
    const key = JSON.stringify(groups.map((group) => groupOf(row, group)));
    const [input, calls] = sums.get(key) ?? [0, 0];
    sums.set(key, [input + row.input, calls + row.calls]);
  }
  return [...sums].map(([key, [input, calls]]): [string, number, number] => [key, input, calls]).sort();
}

const groups: UsageGroup[] = ['model', 'host', 'project', 'profile', 'session', 'user', 'day', 'hour'];
const pairs = groups.flatMap((one, index) => groups.slice(index + 1).map((two) => [one, two]));

describe('sums', () => {
  it.each([...groups.map((group) => [group]), ...pairs, ['model', 'profile', 'day']])(
    'by %s %s equal what was sent',
    async (...by) => {
      const from = now - 3 * dayMs - 17 * minuteMs;
      const reply = await usage(`groupBy=${by.join(',')}&from=${iso(from)}&to=${iso(now)}`);
      const rows = sent.filter(({ at }) => at >= Date.parse(reply.from) && at < Date.parse(reply.to));
      const asked = by as UsageGroup[];
      const told = reply.items.map(({ key, tokens, toolCalls }): [string, number, number] => [
        ...([JSON.stringify(asked.map((group) => key[group])), tokens.input] as const),
        toolCalls,
      ]);
      const wanted = reference(rows, asked);
      expect(told.sort()).toEqual(
        by.includes('model') ? wanted.map(([key, input]) => [key, input, 0]) : wanted,
      );
      const total = rows.reduce((sum, { input }) => sum + input, 0);
      expect(reply.total).toMatchObject({ tokens: { input: total }, costNanos: total * 1_000, sessions: 6 });
      expect(reply.total.costSource).toBe('reported');
    },
  );

  it('of a span whose ends lie on no hour are exact where minutes are kept, else wider and said so', async () => {
    const recent = [now - 30 * hourMs - 7 * minuteMs, now - 3 * hourMs - 11 * minuteMs] as const;
    const exact = await usage(`from=${iso(recent[0])}&to=${iso(recent[1])}`);
    const floor = (at: number): number => Math.floor(at / minuteMs) * minuteMs;
    expect([exact.from, exact.to, exact.bucket]).toEqual([
      ...[iso(floor(recent[0])), iso(floor(recent[1]) + minuteMs), 'minute'],
    ]);
    const inSpan = sent.filter(({ at }) => at >= Date.parse(exact.from) && at < Date.parse(exact.to));
    expect(exact.total.tokens.input).toBe(inSpan.reduce((sum, { input }) => sum + input, 0));
    const older = await usage(`from=${iso(now - 4 * dayMs)}&to=${iso(now - 3 * dayMs)}`);
    expect([older.from, older.to, older.bucket]).toEqual([
      ...['2026-05-13T13:00:00.000Z', '2026-05-14T14:00:00.000Z', 'hour'],
    ]);
    const whole = await usage('window=400d&groupBy=host');
    expect(whole.bucket).toBe('day');
    expect(whole.total.tokens.input).toBe(sent.reduce((sum, { input }) => sum + input, 0));
  });

  it('of days of a time zone are those of its clocks', async () => {
    const reply = await usage('groupBy=day&tz=Asia/Tokyo&from=2026-05-15T15:00:00Z&to=2026-05-17T13:37:00Z');
    const rows = sent.filter(({ at }) => at >= Date.parse(reply.from) && at < Date.parse(reply.to));
    const tokyo = rows.map((row) => ({ ...row, at: row.at + 9 * hourMs }));
    expect(reply.items.map(({ key, tokens }) => [JSON.stringify([key.day]), tokens.input])).toEqual(
      reference(tokyo, ['day']).map(([key, input]) => [key, input]),
    );
    expect(reply.items.map(({ key }) => key.day)).toEqual(['2026-05-16', '2026-05-17']);
  });

  it('count only what is asked for', async () => {
    const of = (rows: Sent[]): number => rows.reduce((sum, { input }) => sum + input, 0);
    const first = sent[0];
    if (!first) throw new Error('nothing was sent');
    const everything = 'window=300d';
    const cases: [string, Sent[]][] = [
      ['agent=codex', sent.filter(({ profile }) => profile === 'codex')],
      ['project=shop', sent.filter(({ project }) => project === '/srv/shop')],
      ['project=/srv/shop-api', sent.filter(({ project }) => project === '/srv/shop-api')],
      [`host=${first.host}`, sent.filter(({ host }) => host === first.host)],
      [`session=${first.session}`, sent.filter(({ session: id }) => id === first.session)],
      ['model=haiku', sent.filter(({ model }) => model === 'haiku')],
      ['agent=nobody', []],
    ];
    for (const [filter, rows] of cases) {
      expect((await usage(`${everything}&${filter}`)).total.tokens.input, filter).toBe(of(rows));
    }
  });

  it('tell the span before, and how fast money goes', async () => {
    const reply = await usage('window=1h&groupBy=profile');
    const within = (from: number, to: number): number =>
      sent.filter(({ at }) => at >= from && at < to).reduce((sum, { input }) => sum + input, 0);
    const [from, to] = [Date.parse(reply.from), Date.parse(reply.to)];
    expect(reply.previous.tokens.input).toBe(within(2 * from - to, from));
    const burnt = within(Math.floor((now - hourMs) / minuteMs) * minuteMs, now);
    expect(reply.burn).toEqual({
      ...{ windowS: 3_600, costNanosPerHour: burnt * 1_000, tokensPerMinute: burnt / 60 },
    });
    expect((await usage(`from=${iso(now - 90 * dayMs)}&to=${iso(now - 80 * dayMs)}`)).burn).toBeNull();
  });

  it('of nothing are nothing', async () => {
    const reply = await usage(`from=${iso(now - 80 * dayMs)}&to=${iso(now - 79 * dayMs)}&groupBy=model`);
    expect(reply.items).toEqual([]);
    expect(reply.total).toMatchObject({ costNanos: 0, costSource: 'none', sessions: 0, cacheHit: null });
  });

  it.each([
    'from=2026-05-17T00:00:00Z&to=2026-05-16T00:00:00Z',
    'from=2020-01-01T00:00:00Z',
    'window=401d',
    'window=15m&from=2026-05-17T00:00:00Z',
    'window=0m',
    'groupBy=password',
    'tz=Mars/Base',
    "project='%3B%20DROP%20TABLE%20usage_buckets&host=x",
  ])('refuse %s', async (query) => {
    expect(await get(`/usage?${query}`)).toMatchObject({ status: 422, body: { code: 'VALIDATION_FAILED' } });
  });

  it('are a file for a sheet, in CSV', async () => {
    const asked = '/usage?window=300d&groupBy=profile,model';
    for (const answer of [await get(`${asked}&format=csv`), await get(asked, { accept: 'text/csv' })]) {
      expect(answer.headers['content-type']).toContain('text/csv');
      expect(answer.headers['content-disposition']).toContain('attachment; filename="usage ');
      const [head, ...lines] = answer.text.trimEnd().split('\r\n');
      expect(head).toMatch(/^profile,model,label,input_tokens,/);
      expect(lines).toHaveLength(4);
    }
    expect((await get(asked, { accept: 'application/json, text/csv;q=0.5' })).body).toHaveProperty('items');
  });
});

describe('series', () => {
  it.each(['kind', 'model', 'host', 'project', 'profile'])(
    'by %s have every bucket of the span',
    async (by) => {
      const { body } = await get(`/usage/series?by=${by}&window=7d`);
      const series = usageSeriesSchema.parse(body);
      expect([series.bucket, series.at.length]).toEqual(['hour', 169]);
      const total = series.lines.flatMap(({ tokens }) => tokens).reduce((sum, count) => sum + count, 0);
      expect(total).toBe(sent.reduce((sum, { input }) => sum + input, 0));
      for (const { tokens, costNanos } of series.lines) {
        expect([tokens.length, costNanos.length]).toEqual([169, 169]);
      }
    },
  );

  it('take the grain that fits, or the one that is asked for', async () => {
    const grain = async (query: string) =>
      usageSeriesSchema.parse((await get(`/usage/series?${query}`)).body);
    expect(await grain('window=2h')).toMatchObject({ bucket: 'minute' });
    expect(await grain('window=30d')).toMatchObject({ bucket: 'day' });
    expect((await grain('window=2d&bucket=day&tz=Europe/Berlin')).at).toEqual(
      ['2026-05-14T22:00Z', '2026-05-15T22:00Z', '2026-05-16T22:00Z'].map((text) => Date.parse(text) / 1_000),
    );
    expect((await get('/usage/series?window=300d&bucket=minute')).status).toBe(422);
  });
});

describe('one session, its tools, its prompts, the fleet', () => {
  it('tells everything of a session', async () => {
    const id = sent[0]?.session as SessionId;
    const answer = await get(`/sessions/${id}/usage`);
    expect(answer.status, answer.text).toBe(200);
    const reply = sessionUsageReplySchema.parse(answer.body);
    expect(reply.models.map(({ model, role }) => [model, role]).sort()).toEqual([
      ...[
        ['haiku', 'main'],
        ['opus', 'main'],
      ],
    ]);
    const calls = sent.filter((row) => row.session === id).reduce((sum, row) => sum + row.calls, 0);
    expect(reply.tools).toMatchObject([{ tool: 'Bash', calls, medianMs: 6, totalMs: calls * 5 }]);
    expect((await get(`/sessions/${newId()}/usage`)).status).toBe(404);
  });

  it('tells tools over all sessions, as CSV too', async () => {
    const calls = sent.reduce((sum, row) => sum + row.calls, 0);
    expect((await get('/usage/tools?window=300d')).body).toMatchObject({ items: [{ tool: 'Bash', calls }] });
    expect((await get('/usage/tools?window=300d&format=csv')).text).toContain(`Bash,${String(calls)},0,0,6,`);
    expect((await get('/usage/prompts?window=300d')).body).toEqual({ items: [] });
  });

  it('tells what hosts did, and when they were away', async () => {
    const slot = Math.floor(now / (15 * minuteMs)) * 15 * minuteMs;
    const at = new Date(slot - 30 * minuteMs);
    await test.hub.get(Database).client.hostPresence.create({ data: { hostId: hosts[0] as HostId, at } });
    const { body } = await get('/fleet/activity');
    const fleet = fleetActivitySchema.parse(body);
    const strip = fleet.hosts.find(({ hostId }) => hostId === hosts[0])?.slots ?? [];
    expect(strip).toHaveLength(96);
    expect(strip.at(-3)).toMatchObject({ offline: false });
    const from = Date.parse(fleet.from);
    const busy = sent.filter(({ host, at: when }) => host === hosts[0] && when >= from).length;
    expect(strip.reduce((sum, { workingMs }) => sum + workingMs, 0)).toBe(busy * 1_000);
    expect(strip.some(({ offline }) => offline)).toBe(true);
    expect(fleet.sessions).toHaveLength(6);
    expect(fleet.sessions.every(({ tokens }) => tokens.length === 24)).toBe(true);
  });
});

describe('retention', () => {
  it('forgets old minutes of hosts that were heard from since, and sums stay', async () => {
    const { client } = test.hub.get(Database);
    const minutes = (hostId: string) =>
      client.$queryRaw<{ table: string; count: number }[]>`
        SELECT 'usage' AS table, count(*)::int AS count FROM usage_buckets WHERE grain = 0 AND host_id = ${hostId}::uuid
          AND at < ${new Date(now - 2 * dayMs)}
        UNION ALL SELECT 'activity', count(*)::int FROM activity_buckets WHERE grain = 0 AND host_id = ${hostId}::uuid
          AND at < ${new Date(now - 2 * dayMs)}`;
    const [heard, silent] = hosts as [HostId, HostId];
    await client.host.update({ where: { id: heard }, data: { lastSeenAt: new Date(now + 2 * hourMs) } });
    const before = await usage('window=300d&groupBy=host,model');
    await test.hub.get(RetentionService).sweep();
    expect((await minutes(heard)).map(({ count }) => count)).toEqual([0, 0]);
    for (const { count } of await minutes(silent)) expect(count).toBeGreaterThan(0);
    expect(await usage('window=300d&groupBy=host,model')).toEqual(before);
  });
});
