// What one agent is given for this process alone: hooks, settings and status line in files of its session. Nothing is
// written anywhere else, and nothing in it is secret.
import path from 'node:path';
import {
  buildOverlay,
  inheritedEnvironment,
  overlayReads,
  overlayWarnings,
  passthroughNames,
  type JsonMap,
  type Profile,
} from '@roundhouse/profiles';
import type { TrustStore } from '../../git/trust.js';
import type { AgentStart, PrepareAgent, PreparedAgent } from '../../sessions/agent-life.js';
import type { HookIntake } from '../hooks/hook-intake.js';
import { relayCommand, type InstalledRelay } from '../relay/relay-install.js';
import { STATUS_CHAIN_FILE } from '../relay/relay-script.js';
import { writeOverlay, writePrivateFile } from './overlay-files.js';
import { readUserSettings, type UserSettings } from './user-settings.js';

export interface AgentOverlayOptions {
  readonly relay: InstalledRelay;
  readonly hooks: Pick<HookIntake, 'prepare'>;
  readonly trust: Pick<TrustStore, 'isTrusted'>;
  /** The daemon's own environment, of which an agent sees only what is allowed. */
  readonly baseEnv: NodeJS.ProcessEnv;
}

export function createAgentOverlay(options: AgentOverlayOptions): PrepareAgent {
  return (start, signal) => prepare(start, options, signal);
}

async function prepare(
  start: AgentStart,
  options: AgentOverlayOptions,
  signal: AbortSignal,
): Promise<PreparedAgent> {
  const { profile, dir, op } = start;
  if (!needsFiles(profile)) return { args: [], env: {}, warnings: overlayWarnings(profile) };
  const drop = await options.hooks.prepare(dir, op.epoch);
  const found = await readSettings(start, options);
  signal.throwIfAborted();
  const relay = relayCommand(options.relay.script, drop);
  const places = { overlayDir: dir.overlay, dropDir: drop, relay };
  const overlay = buildOverlay(
    withoutUnreadable(profile, found),
    {
      sessionId: op.sessionId,
      conversationId: start.conversationId,
      otlpEndpoint: start.otlpEndpoint,
      otlpPort: portOf(start.otlpEndpoint),
      tmpDir: dir.tmp,
      cwd: start.cwd,
      ...places,
    },
    (file) => mapOf(found.get(file)),
  );
  await writeOverlay(dir.overlay, overlay.files);
  if (overlay.statusChain !== null)
    await writePrivateFile(path.join(drop, STATUS_CHAIN_FILE), `${overlay.statusChain}\n`);
  return {
    args: overlay.args,
    env: overlay.env,
    places,
    warnings: [...overlay.warnings, ...unreadableWarnings(profile, found)],
  };
}

const needsFiles = ({ overlay, hooks, status_line: status }: Profile): boolean =>
  overlay !== undefined || hooks !== undefined || status !== undefined;

type Found = ReadonlyMap<string, UserSettings>;

async function readSettings(
  { profile, cwd, project }: AgentStart,
  { trust, baseEnv }: AgentOverlayOptions,
): Promise<Found> {
  const env = { ...inheritedEnvironment(baseEnv, passthroughNames(profile)), ...profile.env };
  const home = env['HOME'] ?? '/';
  const places = { home, cwd, env, trusted: await trust.isTrusted(project) };
  return new Map(
    await Promise.all(
      overlayReads(profile).map(async (file): Promise<[string, UserSettings]> => [
        file,
        await readUserSettings(file, places),
      ]),
    ),
  );
}

const mapOf = (found: UserSettings | undefined): JsonMap | undefined =>
  typeof found === 'object' ? found : undefined;

const unreadable = ({ spawn_settings: settings = {} }: Profile, found: Found): string[] =>
  Object.keys(settings).filter((file) => found.get(file) === 'unreadable');

/** Which keys are missing there nobody knows: none is given. */
function withoutUnreadable(profile: Profile, found: Found): Profile {
  const broken = new Set(unreadable(profile, found));
  const settings = Object.entries(profile.spawn_settings ?? {}).filter(([file]) => !broken.has(file));
  return { ...profile, spawn_settings: Object.fromEntries(settings) };
}

const unreadableWarnings = (profile: Profile, found: Found): string[] =>
  unreadable(profile, found).map(
    (file) => `${file} cannot be read: the profile's settings for it are not applied`,
  );

function portOf(endpoint: string | null): number | null {
  return endpoint === null ? null : Number(new URL(endpoint).port);
}
