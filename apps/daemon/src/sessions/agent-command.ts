// The program, words and environment of an agent's start: its conversation, what was chosen, what was prepared.
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { resolveSpawn, type Profile } from '@roundhouse/profiles';
import type { SpawnOp } from '@roundhouse/protocol';
import type { ConversationStores } from '../agents/conversations/conversation-stores.js';
import { meaningOfProfile } from '../otlp/meaning.js';
import type { Telemetry } from '../otlp/telemetry.js';
import { newTelemetryToken } from '../otlp/token-registry.js';
import type { LocalPolicy } from '../policy/local-policy.js';
import { effectiveLimits, notEnforced } from './limits/effective-limits.js';
import type { SessionCgroups } from './limits/session-cgroups.js';
import type { PrepareAgent } from './agent-life.js';
import { optionsOf, requireChoice } from './choice.js';
import { isIdOf, planConversation, type ConversationPlan } from './conversation.js';
import { conversationOf, SessionDir, withConversation, type SessionRecord } from './session-record.js';

export interface CommandDependencies {
  readonly stateDir: string;
  readonly policy: LocalPolicy;
  readonly telemetry: Telemetry;
  /** What is put together for this one process: hooks, settings, telemetry. */
  readonly prepareAgent: PrepareAgent;
  readonly conversations: Pick<ConversationStores, 'has'>;
  readonly cgroups: Pick<SessionCgroups, 'enforcement' | 'enter'>;
  /** The one that another session has now, for a copy. */
  readonly conversationOf: (sessionId: string) => string | null;
  /** The daemon's own environment, of which an agent sees only what is allowed. */
  readonly baseEnv: NodeJS.ProcessEnv;
}

export interface CommandOrder {
  readonly op: SpawnOp;
  readonly before: SessionRecord | null;
  readonly profile: Profile;
  readonly cwd: string;
}

/** What the record keeps of a start, besides its place. */
export type KeptOfStart = Pick<
  SessionRecord,
  'conversation' | 'conversationId' | 'options' | 'limits' | 'profileHash' | 'notes'
>;

export interface AgentCommand {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Typed into the agent after its start; null when there is nothing to type. */
  readonly typeTask: string | null;
  readonly telemetryTokenHash: string | null;
  readonly kept: KeptOfStart;
}

/** @throws AppError of the conversation and the options; nothing runs yet */
export async function planCommand(
  order: CommandOrder,
  deps: CommandDependencies,
  signal: AbortSignal,
): Promise<AgentCommand> {
  const { op, before, profile, cwd } = order;
  const { policy, telemetry, baseEnv } = deps;
  const options = optionsOf(op, before);
  const project = before?.project ?? op.project;
  const choice = requireChoice({ profile, options, project, confirm: op.confirmBypass, policy });
  const conversation = planConversation(await wishOf(order, deps));
  const { endpoint, token, tokenHash } = await endpointOf(order, telemetry);
  const dir = new SessionDir(deps.stateDir, op.sessionId);
  await mkdir(dir.tmp, { recursive: true, mode: 0o700 });
  const { given: conversationId } = conversation;
  const start = { op, profile, cwd, project, dir, conversationId, otlpEndpoint: endpoint, otlpToken: token };
  const prepared = await deps.prepareAgent(start, signal);
  const { argv, env, typeTask, warnings } = resolveSpawn(
    profile,
    {
      ...modeOf(conversation),
      cwd,
      task: op.task,
      sessionId: op.sessionId,
      conversationId,
      otlpEndpoint: endpoint,
      otlpPort: telemetry.status.port,
      tmpDir: dir.tmp,
      ...prepared.places,
      extraArgs: prepared.args,
      extraEnv: prepared.env,
      choice,
    },
    baseEnv,
  );
  const profileHash = hashOf(profile);
  const { limits, notes: capped } = effectiveLimits(options.limits ?? {}, profile, policy.limitCeiling);
  const limited = [...capped, ...notEnforced(limits, deps.cgroups.enforcement)];
  const notes = [
    changed(order, profileHash),
    conversation.note,
    ...limited,
    ...prepared.warnings,
    ...warnings,
  ];
  return {
    argv: [...(await deps.cgroups.enter(cgroupName(op), limits)), ...argv],
    env: withoutDenied(env, policy),
    typeTask,
    telemetryTokenHash: tokenHash,
    kept: { ...withConversation(conversation.kept), options, limits, profileHash, notes: notesOf(notes) },
  };
}

/** Of one life. */
export const cgroupName = ({ sessionId, epoch }: Pick<SpawnOp, 'sessionId' | 'epoch'>): string =>
  `${sessionId}-${String(epoch)}`;

async function wishOf({ op, before, profile }: CommandOrder, deps: CommandDependencies) {
  const copied = op.resume === 'fork' && op.companionOf !== null ? deps.conversationOf(op.companionOf) : null;
  // What an agent told here is newer than what the hub knows.
  const known = (before ? conversationOf(before) : copied) ?? op.conversation ?? null;
  const asks = op.mode === 'resume' && known !== null && isIdOf(profile, known);
  return {
    profile,
    mode: op.mode,
    resume: op.resume ?? 'exact',
    sessionId: op.sessionId,
    known,
    named: before === null,
    exists: asks ? await deps.conversations.has(profile, known) : null,
  } as const;
}

const modeOf = ({ command }: ConversationPlan) =>
  command === 'new' ? ({ mode: 'new' } as const) : ({ mode: 'resume', resume: command } as const);

async function endpointOf({ op, profile }: CommandOrder, telemetry: Telemetry) {
  const { token, tokenHash } = newTelemetryToken();
  const endpoint = telemetry.endpointFor(token);
  const source = { sessionId: op.sessionId, epoch: op.epoch };
  // Also where the receiver is off: plugins and status lines tell by files.
  await telemetry.register({ ...source, tokenHash, telemetry: meaningOfProfile(profile) });
  return { endpoint, token: endpoint === null ? null : token, tokenHash };
}

/** What the policy of the host denies is denied whoever asks: the profile, a preset, the daemon's own environment. */
const withoutDenied = (env: Readonly<Record<string, string>>, policy: LocalPolicy): Record<string, string> =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !policy.deniesEnv(name)));

const hashOf = (profile: Profile): string =>
  createHash('sha256').update(JSON.stringify(profile)).digest('hex').slice(0, 32);

const changed = ({ before, profile }: CommandOrder, hash: string): string | null =>
  before?.profileHash === undefined || before.profileHash === hash
    ? null
    : `The profile ${profile.name} has changed since the last start`;

const NOTE_MAX = 300;
const NOTES_MAX = 10;
const notesOf = (notes: readonly (string | null)[]): string[] =>
  notes.flatMap((note) => (note === null ? [] : [note.slice(0, NOTE_MAX)])).slice(0, NOTES_MAX);
