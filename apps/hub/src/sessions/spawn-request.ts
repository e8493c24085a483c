// From a request to spawn to the row and the order: checks against what the host reported. Pure.
import {
  AppError,
  spawnDeadlineS,
  spawnOpSchema,
  type Host,
  type HostProfile,
  type Session,
  type SessionSpawn,
  type SpawnOp,
} from '@roundhouse/protocol';
import { checkOptions, withFallback } from './spawn-options.js';

export interface SpawnFacts {
  readonly host: Host;
  readonly sessionId: string;
  /** The session whose directory is shared, when `companionOf` names one. */
  readonly companion: Session | null;
}

export interface SpawnPlan {
  readonly op: SpawnOp;
  /** What a person should know of it. */
  readonly notes: readonly string[];
}

/**
 * @throws AppError PROFILE_NOT_FOUND, PROJECT_NOT_FOUND, PROJECT_UNTRUSTED, RESUME_UNSUPPORTED, VALIDATION_FAILED, and
 * those of `checkOptions`
 */
export function planSpawn(request: SessionSpawn, { host, sessionId, companion }: SpawnFacts): SpawnPlan {
  const asked = requireProfile(host, request.profile);
  const { profile, options, note } =
    request.mode === 'resume'
      ? { profile: asked, options: request.options ?? {}, note: null }
      : withFallback(asked, request.options ?? {}, host);
  const projectName = projectNameOf(request.project);
  checkOptions({ profile, options, projectName, confirm: request.confirmBypass });
  if (request.mode === 'resume' && !profile.supportsResume) {
    throw new AppError('RESUME_UNSUPPORTED', { message: `${profile.displayName} cannot resume` });
  }
  checkProject(request, host);
  checkCompanion(request, companion);
  checkConversation(request);
  const op = spawnOpSchema.parse({
    kind: 'spawn',
    sessionId,
    epoch: 1,
    profile: profile.name,
    project: request.project,
    // A new worktree has no earlier conversation to go on with.
    mode: request.worktree ? 'new' : request.mode,
    worktree: request.worktree,
    baseBranch: request.baseBranch ?? null,
    trust: request.trust ?? false,
    companionOf: request.companionOf ?? null,
    task: request.task ?? null,
    ...(Object.keys(options).length > 0 ? { options } : {}),
    ...(request.conversation === undefined ? {} : { conversation: request.conversation }),
    ...(request.confirmBypass === undefined ? {} : { confirmBypass: request.confirmBypass }),
    cols: request.cols,
    rows: request.rows,
  });
  return { op, notes: note === null ? [] : [note] };
}

/** @throws AppError PROFILE_NOT_FOUND */
function requireProfile(host: Host, name: string): HostProfile {
  const profile = host.profiles.find((each) => each.name === name);
  if (profile) return profile;
  const names = host.profiles.map((each) => each.name).join(', ') || 'none';
  throw new AppError('PROFILE_NOT_FOUND', {
    message: `${host.name} has no profile ${name}`,
    fields: [{ field: 'profile', message: `must be one of ${names}` }],
  });
}

/** What a person types to allow a mode in which an agent asks for nothing. */
export const projectNameOf = (project: string): string => project.split('/').at(-1) ?? project;

function checkConversation({ conversation, mode, worktree }: SessionSpawn): void {
  if (conversation === undefined || (mode === 'resume' && !worktree)) return;
  throw new AppError('VALIDATION_FAILED', {
    message: 'A conversation is resumed where it was: with mode resume and without a new worktree',
    fields: [{ field: 'conversation', message: 'needs mode: resume, and no worktree' }],
  });
}

function checkProject(request: SessionSpawn, host: Host): void {
  const project = host.projects.find(({ path }) => path === request.project);
  if (!project) {
    throw new AppError('PROJECT_NOT_FOUND', {
      message: `${host.name} has no project at ${request.project}`,
      fields: [{ field: 'project', message: 'must be a path that the host reported' }],
    });
  }
  if (request.baseBranch !== undefined && !request.worktree) {
    throw new AppError('VALIDATION_FAILED', {
      message: 'A base branch needs a worktree',
      fields: [{ field: 'baseBranch', message: 'needs worktree: true' }],
    });
  }
  if (request.worktree && !project.trusted && request.trust !== true) {
    throw new AppError('PROJECT_UNTRUSTED', {
      message: `${project.name} is not trusted yet, and a worktree needs git to run in it`,
      fields: [{ field: 'trust', message: 'must be true, once' }],
    });
  }
}

function checkCompanion(request: SessionSpawn, companion: Session | null): void {
  if (request.companionOf === undefined) return;
  const fits = companion?.hostId === request.hostId && companion.project === request.project;
  if (!fits || request.worktree) {
    throw new AppError('VALIDATION_FAILED', {
      message:
        'A companion runs in the directory of a session of the same host and project, without a worktree of its own',
      fields: [{ field: 'companionOf', message: 'must be a session of this host and project' }],
    });
  }
}

/** Name of a session that was given none. */
export const defaultName = (request: SessionSpawn, sessionId: string): string => {
  const project = request.project.split('/').at(-1) ?? request.profile;
  return `${project.slice(0, 60)} ${sessionId.slice(0, 4)}`;
};

export const deadlineOf = (request: SessionSpawn, now: number): Date =>
  new Date(now + (request.deadlineS ?? spawnDeadlineS) * 1000);
