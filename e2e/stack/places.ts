// Everywhere that a text can get to: logs, answers of the API, tables, files, command lines and environments.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { expect } from '@playwright/test';
import type { DaemonProcess } from './daemon.js';
import { processes } from './processes.js';
import type { Stack } from './stack.js';

/** A name of a place, and the text that it holds. */
export type Place = readonly [name: string, held: string];

export interface Inhabited {
  readonly stack: Stack;
  readonly daemon: DaemonProcess;
  readonly project: string;
  /** Sessions by what their environments are called here. */
  readonly sessions: Readonly<Record<string, string>>;
}

export async function placesOf(here: Inhabited): Promise<Place[]> {
  const { stack, daemon } = here;
  return [
    ['log of the hub', stack.hub.log.join('\n')],
    ['log of the daemon', daemon.log.join('\n')],
    ...(await answers(here)),
    ...(await tables(stack)),
    ...filesIn('state of the daemon', daemon.stateDir),
    ...filesIn('home of the daemon', daemon.home),
    ...processFacts(here),
  ];
}

/** What the API says of sessions, hosts, profiles, usage and people, in every form. */
async function answers({ stack, daemon, project, sessions }: Inhabited): Promise<Place[]> {
  const groups = ['model', 'host', 'project', 'profile', 'session', 'user', 'day', 'minute'];
  const ofSession = (id: string) => [`sessions/${id}`, `sessions/${id}/status`, `sessions/${id}/usage`];
  const paths = [
    ...['sessions', ...Object.values(sessions).flatMap(ofSession)],
    ...[
      'hosts',
      `hosts/${daemon.hostId}`,
      `hosts/${daemon.hostId}/conversations`,
      'profiles',
      'profiles/claude',
    ],
    ...groups.flatMap((by) => [`usage?groupBy=${by}`, `usage?groupBy=${by}&format=csv`]),
    ...['usage/series', 'usage/series?by=model', 'usage/tools', 'usage/tools?format=csv', 'usage/prompts'],
    ...['fleet/activity', 'prices', 'budgets', 'tokens', 'me', 'version'],
  ];
  const found = await Promise.all(
    [...paths.map((each) => `/api/v1/${each}`), '/metrics'].map(async (each) => {
      const { status, body } = await stack.rest.call('GET', each);
      expect(status, each).toBe(200);
      return [`GET ${each.replace('/api/v1/', '')}`, JSON.stringify(body)] satisfies Place;
    }),
  );
  const checked = { hostId: daemon.hostId, profile: 'claude', project, worktree: false };
  const preflight = await stack.rest.ok('POST', 'sessions/preflight', checked);
  expect(JSON.stringify(preflight)).toContain('"tools"');
  return [...found, ['POST preflight', JSON.stringify(preflight)]];
}

async function tables({ hub }: Stack): Promise<Place[]> {
  const sql = (query: string) => hub.program.order('sql', { sql: query });
  const names = await sql(`SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`);
  return Promise.all(
    names.map(async ({ name }: { name: string }) => {
      const rows = await sql(`SELECT t::text AS row FROM "${name}" t`);
      return [`table ${name}`, JSON.stringify(rows)] satisfies Place;
    }),
  );
}

export function filesIn(what: string, directory: string): Place[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.join(parentPath, name))
    .map((file) => [`${what}: ${path.relative(directory, file)}`, read(file)]);
}

/** Empty when it is gone, or another user's. */
function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

/** Command lines and environments of all processes. */
function processFacts({ daemon, sessions }: Inhabited): Place[] {
  return processes().flatMap(({ pid, command }): Place[] => {
    if (pid === process.pid) return [];
    const environment = read(`/proc/${String(pid)}/environ`);
    const session = Object.entries(sessions).find(([, id]) =>
      environment.includes(`ROUNDHOUSE_SESSION=${id}`),
    );
    const who = pid === daemon.program.pid ? 'the daemon' : (session?.[0] ?? command.slice(0, 80));
    return [
      [`command line of ${command.slice(0, 80)}`, command],
      [`environment of ${who}`, environment],
    ];
  });
}
