// From a request to spawn to the row and the order: checks against what the host reported. Pure.
import {
  AppError,
  spawnDeadlineS,
  spawnOpSchema,
  type Host,
  type Session,
  type SessionSpawn,
  type SpawnOp,
} from '@roundhouse/protocol';

export interface SpawnFacts {
  readonly host: Host;
  readonly sessionId: string;
  /** The session whose directory is shared, when `companionOf` names one. */
  readonly companion: Session | null;
}

/**
 * @throws AppError PROFILE_NOT_FOUND, PROJECT_NOT_FOUND, PROJECT_UNTRUSTED, RESUME_UNSUPPORTED, VALIDATION_FAILED
 */
export function planSpawn(request: SessionSpawn, { host, sessionId, companion }: SpawnFacts): SpawnOp {
  const profile = host.profiles.find(({ name }) => name === request.profile);
  if (!profile) {
    throw new AppError('PROFILE_NOT_FOUND', {
      message: `${host.name} has no profile ${request.profile}`,
      fields: [
        {
          field: 'profile',
          message: `must be one of ${host.profiles.map(({ name }) => name).join(', ') || 'none'}`,
        },
      ],
    });
  }
  if (request.mode === 'resume' && !profile.supportsResume) {
    throw new AppError('RESUME_UNSUPPORTED', { message: `${profile.displayName} cannot resume` });
  }
  checkProject(request, host);
  checkCompanion(request, companion);
  return spawnOpSchema.parse({
    kind: 'spawn',
    sessionId,
    epoch: 1,
    profile: request.profile,
    project: request.project,
    // A new worktree has no earlier conversation to go on with.
    mode: request.worktree ? 'new' : request.mode,
    worktree: request.worktree,
    baseBranch: request.baseBranch ?? null,
    trust: request.trust ?? false,
    companionOf: request.companionOf ?? null,
    task: request.task ?? null,
    cols: request.cols,
    rows: request.rows,
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
