// @vitest-environment happy-dom
// The page of one host: charts with gaps, what it uses now, its sessions, what is wrong with it, trust.
import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  metricsWindows,
  type Host,
  type HostMetrics,
  type Session,
  type ShownSettings,
} from '@roundhouse/protocol';
import { applyHost, queryClient } from '../../lib/query.js';
import { makeHost, makeProject, makeSession, minutesAgo, testNow } from '../../testing/entities.js';
import { fillCache, renderPage } from '../../testing/render-page.js';
import { settingsQuery } from '../../lib/settings-query.js';
import { clockWord } from './host-facts.js';
import { HostPage } from './host-page.js';
import { lineOf } from './metrics.js';

const minute = 60_000;
const GB = 1024 ** 3;
/** An hour up to `testNow`, with a point at each of these minutes. */
const metricsAt = (minutes: readonly number[]): HostMetrics => ({
  ...{ window: '1h', stepMs: minute },
  from: new Date(testNow - 59 * minute).toISOString(),
  to: new Date(testNow + minute).toISOString(),
  points: minutes.map((n) => ({
    at: new Date(testNow - 59 * minute + n * minute).toISOString(),
    ...{ cpuPercent: n, cpuMaxPercent: n + 5, load1: n / 10, memUsedBytes: 4 * GB, memTotalBytes: 16 * GB },
    ...{ diskFreeBytes: 30 * GB, diskTotalBytes: 100 * GB },
  })),
});
const noSettings: ShownSettings = {
  ...{ file: null, places: [], loadedAt: minutesAgo(1), problems: [], items: [] },
};
let calls: string[] = [];
let reply: unknown = {};
let metrics: HostMetrics;

async function open(host: Host, sessions: readonly Session[] = []) {
  fillCache([host], sessions);
  for (const window of metricsWindows) queryClient.setQueryData(['host-metrics', host.id, window], metrics);
  await renderPage(() => <HostPage id={host.id} window="1h" onWindow={vi.fn()} />);
}

beforeEach(() => {
  calls = [];
  metrics = metricsAt([]);
  vi.stubGlobal('fetch', (url: string, { method }: RequestInit) => {
    calls.push(`${method ?? 'GET'} ${url}`);
    const body = url.includes('/metrics') ? metrics : url.endsWith('/settings') ? noSettings : reply;
    return Promise.resolve(new Response(JSON.stringify(body), { status: 200 }));
  });
});
afterEach(() => {
  cleanup();
  queryClient.clear();
  vi.unstubAllGlobals();
});

describe('a line of a host', () => {
  it('has every minute, null where the host was away, and a fixed top where there is one', () => {
    const told = metricsAt([3, 4, 9]);
    const { values } = lineOf('cpu', told);
    expect(values).toHaveLength(60);
    expect(values.flatMap((value, i) => (value === null ? [] : [i]))).toEqual([3, 4, 9]);
    expect(lineOf('cpu', told).describe(4)).toBe('4%, peak 9%');
    expect(lineOf('memory', told).ticks).toEqual([0, 8 * GB, 16 * GB]);
    expect(lineOf('disk', told).describe(9)).toBe('70 GB of 100 GB');
    expect(lineOf('load', told).ticks.at(-1)).toBeGreaterThanOrEqual(0.9);
  });

  it('tells the clock of a host only when it is wrong', () => {
    expect([undefined, 300, -1_900, 4_000, -75_000].map(clockWord)).toEqual([
      ...[
        'Not known yet',
        'as the hub’s',
        'as the hub’s',
        '4 s ahead of the hub’s',
        '1 min behind the hub’s',
      ],
    ]);
  });
});

describe('HostPage', () => {
  it('F:A14 draws four charts, hatches what was away, and reads a minute by key', async () => {
    metrics = metricsAt([0, 1, 2, 8, 57, 58, 59]);
    const host = makeHost();
    await open(host, [
      makeSession(host, { name: 'boiler' }),
      makeSession(host, { name: 'over', state: 'exited' }),
    ]);
    const charts = ['CPU', 'Memory', 'Disk', 'Load'].map((name) => screen.getByRole('group', { name }));
    for (const chart of charts) expect(chart.querySelectorAll('[data-gap]')).toHaveLength(2);
    const [cpu] = charts;
    if (!cpu) throw new Error('no chart');
    fireEvent.keyDown(cpu, { key: 'End' });
    expect(screen.getByRole('status').textContent).toContain('59%, peak 64%');
    fireEvent.keyDown(cpu, { key: 'Home' });
    for (let i = 0; i < 4; i += 1) fireEvent.keyDown(cpu, { key: 'ArrowRight' });
    expect(screen.getByRole('status').textContent).toContain('away');
    expect(screen.getByText('34%')).toBeTruthy();
    expect(screen.getByRole('link', { name: 'boiler' })).toBeTruthy();
    expect(screen.queryByText('over')).toBeNull();
  });

  it('shows new load at once, without a question to the hub', async () => {
    metrics = metricsAt([59]);
    const host = makeHost();
    await open(host);
    const before = calls.length;
    act(() => applyHost({ ...host, version: 2, system: host.system && { ...host.system, cpuPercent: 77 } }));
    expect(await screen.findByText('77%')).toBeTruthy();
    expect(calls.length).toBe(before);
  });

  it('says why there is no line yet', async () => {
    await open(makeHost());
    expect(screen.getAllByRole('note')[0]?.textContent).toContain('the first minute is being measured');
    cleanup();
    await open(makeHost({ state: 'pending', system: null }));
    expect(screen.getAllByRole('note')[0]?.textContent).toContain('has not connected');
  });

  it('knows a host that is not there', async () => {
    fillCache([makeHost()], []);
    await renderPage(() => <HostPage id={makeHost().id} window="1h" onWindow={vi.fn()} />);
    expect(screen.getByText('There is no such host')).toBeTruthy();
  });

  it('shows why agents, profiles, telemetry and the daemon itself fail', async () => {
    const host = makeHost({
      problem: { code: 'HOST_CONFLICT', message: 'Another daemon is connected', at: minutesAgo(1) },
      profileProblems: [{ file: '/p/x.yaml', line: 3, field: 'commands', message: 'must be a list' }],
      otlp: { state: 'off', port: null, reason: 'port 4318 is taken' },
    });
    await open(host);
    const text = document.body.textContent;
    for (const part of [
      'Another daemon is connected',
      '/p/x.yaml:3 commands',
      'must be a list',
      'port 4318 is taken',
    ])
      expect(text).toContain(part);
  });

  it('F:O3 says that its settings file has a mistake, and where, until it is mended', async () => {
    const host = makeHost();
    const settings: ShownSettings = {
      ...{ file: '/r.yaml', places: ['/r.yaml'], loadedAt: minutesAgo(1), items: [] },
      problems: [{ field: 'daemon.x', message: 'daemon.x is not a setting' }],
    };
    const { queryKey } = settingsQuery(host.id);
    queryClient.setQueryData(queryKey, settings);
    await open(host);
    const note = screen.getByText(/Its settings file has a mistake/);
    expect(within(note).getByRole('link').getAttribute('href')).toBe(`/settings?host=${host.id}`);
    act(() => void queryClient.setQueryData(queryKey, { ...settings, problems: [] }));
    await waitFor(() => expect(screen.queryByText(/Its settings file has a mistake/)).toBeNull());
  });

  it('says of a host that nobody has joined that nothing is known of it, and nothing else', async () => {
    await open(
      makeHost({
        ...{ state: 'pending', system: null, scannedAt: null, daemonVersion: null, otlp: null },
        ...{ projects: [], profiles: [], projectRoots: [] },
      }),
    );
    // Limits, agents, telemetry, project folders, projects.
    expect(screen.getAllByText('Not known yet')).toHaveLength(5);
    expect(screen.queryByText(/No git repository/)).toBeNull();
    expect(screen.queryByRole('link', { name: 'Values and their sources' })).toBeNull();
  });

  it('tells each fact of the machine once', async () => {
    await open(makeHost());
    expect(screen.getAllByText(/Debian 13/)).toHaveLength(1);
    expect(screen.getByText('8 cores · 0 MB')).toBeTruthy();
  });

  it('F:N5 says which limits of a session hold here, and why not', async () => {
    const { system } = makeHost();
    const limits = { memory: null, cpu: 'no group is delegated', most: { memoryMb: 4096, cpuPercent: 200 } };
    await open(makeHost({ system: { ...system, limits } }));
    const told = screen.getByRole('heading', { name: 'Limits of a session' }).closest('section');
    expect(told?.textContent).toContain('TimeCan be limited');
    expect(told?.textContent).toContain('MemoryCan be limitedNever more than 4096 MiB, by its policy.yaml');
    expect(told?.textContent).toContain(
      'delegatedIts policy.yaml allows 200% of a core, which nothing enforces',
    );
    cleanup();
    await open(makeHost());
    expect(screen.getByText('Its daemon does not tell them: update it.')).toBeTruthy();
  });

  it('explains trust before it is given', async () => {
    const host = makeHost({ projects: [makeProject('wild', { trusted: false })] });
    reply = { ...host, version: 2, projects: [makeProject('wild')] };
    await open(host);
    fireEvent.click(screen.getByRole('button', { name: 'Trust wild' }));
    const dialog = screen.getByRole('dialog', { name: 'Trust wild?' });
    expect(dialog.textContent).toContain('can make git run programs');
    fireEvent.click(within(dialog).getByRole('button', { name: 'Trust wild' }));
    expect(await screen.findByText('Trusted')).toBeTruthy();
    expect(calls).toContain(`POST /api/v1/hosts/${host.id}/projects/trust`);
  });
});
