// Asks the machine and the hub for what the checks look at. Changes nothing, and needs no daemon that runs.
import { constants } from 'node:fs';
import { access, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import {
  probeDescriptors,
  probeDir,
  probeFiles,
  probeHttp,
  probePort,
  skewOf,
  systemClock,
} from '@roundhouse/kit';
import { loadProfileDirectories } from '@roundhouse/profiles/node';
import { processRefSchema } from '@roundhouse/protocol';
import { z } from 'zod';
import type { DaemonConfig, LoadedConfig } from '../config.js';
import { WorktreeJournal } from '../git/worktree-journal.js';
import { checkVersion, findProgram } from '../inventory/binary-check.js';
import { notNamed, ownPlace, placeApart, problemOf, type AgentPlace } from '../keeper-host/agent-place.js';
import { isAnswering, unreachable } from '../keeper-host/ask.js';
import { keeperHostSocket, readKeeperHost } from '../keeper-host/identity.js';
import { isKeeperAlive, readKeeperFile } from '../keeper/ended-session.js';
import { bootId, isProcessAlive } from '../keeper/proc.js';
import { readIdentity } from '../link/host-identity.js';
import { SessionDir } from '../sessions/session-record.js';
import { readJsonFile } from '../state/json-file.js';
import type { DaemonFacts, HubAnswer, KeeperFacts, ProgramFacts, RootFacts, WorktreeFacts } from './facts.js';

const gitTimeoutMs = 3_000;
const lockSchema = processRefSchema.extend({ bootId: z.string() });
const readySchema = z.object({
  status: z.string(),
  protocol: z.object({ min: z.int(), max: z.int() }).optional(),
});

export interface Surroundings {
  /** The daemon's own environment, for its PATH. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly settingProblems: readonly string[];
  /** Where to look when the settings are wrong. */
  readonly stateDir: string;
}

/** @param loaded null when the settings are wrong */
export async function gatherDaemonFacts(
  loaded: Pick<LoadedConfig, 'config' | 'secretFiles'> | null,
  around: Surroundings,
): Promise<DaemonFacts> {
  const config = loaded?.config ?? null;
  const stateDir = config?.stateDir ?? around.stateDir;
  const registration = await probeRegistration(stateDir);
  const { hub, skewMs } = await probeHub(config, registration.ca);
  const running = await isRunning(stateDir);
  const { failure: keeperHost, place } = await probeKeeperHost(stateDir, config, around.env);
  return {
    settingProblems: around.settingProblems,
    nodeVersion: process.version,
    stateDir: await probeDir(stateDir),
    secretFiles: await probeFiles(['host.json', 'outbox.jsonl'].map((name) => path.join(stateDir, name))),
    settingFiles: await probeFiles(loaded?.secretFiles ?? []),
    descriptorLimit: await probeDescriptors(),
    skewMs,
    registration: registration.state,
    hasJoinToken: (config?.joinToken ?? null) !== null,
    hub,
    running,
    otlp: config === null || running ? null : await probeOtlp(config),
    forward: await probeForward(config),
    roots: await Promise.all((config?.projectRoots ?? []).map(probeRoot)),
    ...(await probeProfiles(config, place)),
    git: await probeGit(around.env['PATH']),
    keeperHost,
    keepers: await probeKeepers(stateDir),
    worktrees: await probeWorktrees(stateDir),
  };
}

async function probeRegistration(stateDir: string) {
  try {
    const identity = await readIdentity(stateDir);
    const ca = identity?.registration.caCertificate ?? null;
    return { state: identity === null ? ('missing' as const) : ('good' as const), ca };
  } catch {
    return { state: 'damaged' as const, ca: null };
  }
}

async function probeHub(
  config: DaemonConfig | null,
  ca: string | null,
): Promise<{ hub: HubAnswer | null; skewMs: number | null }> {
  if (config === null) return { hub: null, skewMs: null };
  const answer = await probeHttp(`${config.hubUrl}/readyz`, ca);
  const nothing = { url: config.hubUrl, failure: null, ready: false, protocol: null };
  if ('failure' in answer) {
    // Before it is registered, a daemon trusts a hub by its join token alone.
    const unknownAuthority =
      ca === null && config.joinToken !== null && /self-signed|unable to/i.test(answer.failure);
    const hub = unknownAuthority ? { ...nothing, ready: true } : { ...nothing, failure: answer.failure };
    return { hub, skewMs: null };
  }
  const parsed = readySchema.safeParse(answer.json);
  if (!parsed.success) {
    const failure = `answered ${String(answer.status)}, but not as a hub does`;
    return { hub: { ...nothing, failure }, skewMs: null };
  }
  const { status, protocol = null } = parsed.data;
  return { hub: { ...nothing, ready: status === 'ready', protocol }, skewMs: skewOf(answer) };
}

async function isRunning(stateDir: string): Promise<boolean> {
  const holder = await readJsonFile(path.join(stateDir, 'daemon.lock'), lockSchema).catch(() => null);
  return holder !== null && holder.bootId === bootId() && isProcessAlive(holder);
}

async function probeOtlp({ otlp }: DaemonConfig): Promise<DaemonFacts['otlp']> {
  return { ...otlp, state: await probePort('127.0.0.1', otlp.port) };
}

async function probeForward(config: DaemonConfig | null): Promise<DaemonFacts['forward']> {
  const target = config?.otlpForward ?? null;
  if (target === null) return null;
  // Any answer is one of a collector: most know only POST.
  const answer = await probeHttp(target.url);
  return { url: target.url, failure: 'failure' in answer ? answer.failure : null };
}

const probeRoot = async (root: string): Promise<RootFacts> => ({
  path: root,
  readable: await access(root, constants.R_OK | constants.X_OK).then(
    () => true,
    () => false,
  ),
});

async function probeProfiles(config: DaemonConfig | null, place: AgentPlace | null) {
  if (config === null) return { profileProblems: [], programs: null };
  const { profiles, problems, unread } = await loadProfileDirectories(config.profileDirs);
  const programs = profiles.map(async ({ profile, directory }): Promise<ProgramFacts> => {
    const found = (await place?.programs.find(profile.binary, place.env['PATH']).catch(() => null)) != null;
    return {
      profile: profile.name,
      program: profile.binary,
      found,
      own: directory !== config.profileDirs[0],
    };
  });
  return {
    profileProblems: [
      ...unread.map((directory) => `${directory} cannot be read`),
      ...problems
        .filter(({ severity }) => severity === 'error')
        .map(({ file, field, message }) => `${file}: ${field === null ? '' : `${field}: `}${message}`),
    ],
    programs: place === null ? null : await Promise.all(programs),
  };
}

async function probeGit(searched: string | undefined): Promise<string | null> {
  const file = await findProgram('git', searched);
  if (file === null) return null;
  const env = { PATH: searched ?? '' };
  const result = await checkVersion({ file, env, timeoutMs: gitTimeoutMs, clock: systemClock });
  return result.ok ? result.version : null;
}

/** `place`: where agents run; null when nobody can say what is there. */
async function probeKeeperHost(
  stateDir: string,
  config: DaemonConfig | null,
  env: NodeJS.ProcessEnv,
): Promise<{ failure: string | null; place: AgentPlace | null }> {
  if (config?.keepers !== 'apart') {
    const unnamed = config !== null && (await isAnswering(keeperHostSocket(stateDir)).catch(() => false));
    return { failure: unnamed ? notNamed(stateDir).message : null, place: ownPlace(env) };
  }
  const identity = await readKeeperHost(stateDir).catch(() => null);
  if (identity === null) return { failure: unreachable().message, place: null };
  const problem = problemOf(identity, stateDir);
  if (problem !== null) return { failure: problem.message, place: null };
  const place = placeApart(identity, env);
  // One that is frozen takes connections, too.
  return place.room().then(
    () => ({ failure: null, place }),
    () => ({ failure: unreachable().message, place: null }),
  );
}

async function probeKeepers(stateDir: string): Promise<KeeperFacts[]> {
  const names = await readdir(path.join(stateDir, 'sessions')).catch(() => []);
  const facts = await Promise.all(
    names.map(async (sessionId): Promise<KeeperFacts | null> => {
      const dir = new SessionDir(stateDir, sessionId);
      const record = await dir.read().catch(() => null);
      if (record?.state !== 'running') return null;
      const file = await readKeeperFile(dir.epoch(record.epoch)).catch(() => null);
      const alive = file !== null && isKeeperAlive(file);
      return { sessionId, alive, socket: file !== null && (await isThere(file.socketPath)) };
    }),
  );
  return facts.filter((fact) => fact !== null);
}

async function probeWorktrees(stateDir: string): Promise<WorktreeFacts[]> {
  const records = await WorktreeJournal.peek(stateDir).catch(() => []);
  return Promise.all(
    records.map(async ({ path: worktree, sessionId }) => ({
      path: worktree,
      there: await isThere(worktree),
      session: await isThere(path.join(new SessionDir(stateDir, sessionId).path, 'session.json')),
    })),
  );
}

const isThere = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );
