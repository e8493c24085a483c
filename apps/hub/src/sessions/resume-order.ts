// The orders that go on with a session: its next life, or a copy of its conversation. Pure.
import {
  AppError,
  sessionIdSchema,
  spawnOpSchema,
  type Host,
  type ResumeKind,
  type Session,
  type SessionOptions,
  type SpawnOp,
} from '@roundhouse/protocol';
import { checkOptions } from './spawn-options.js';
import { projectNameOf } from './spawn-request.js';

export interface ResumeRequest {
  readonly cols: number;
  readonly rows: number;
  readonly resume?: ResumeKind | undefined;
  /** Instead of those that it was started with. */
  readonly options?: SessionOptions | undefined;
  readonly confirmBypass?: string | undefined;
}

/**
 * The next life, in the directory that the daemon keeps for it, with the options that it had.
 * @throws AppError those of `checkOptions`: what was allowed once is asked again
 */
export function resumeOp(session: Session, request: ResumeRequest, host: Host): SpawnOp {
  return orderOf(session, request, host, {
    sessionId: session.id,
    epoch: session.epoch + 1,
    worktree: session.worktree,
    baseBranch: session.baseBranch,
    companionOf: session.companionOf,
    resume: request.resume ?? 'exact',
  });
}

/**
 * A session of its own in the directory of the other, whose conversation its own goes on from.
 * @throws AppError CONVERSATION_NOT_FOUND, and those of `checkOptions`
 */
export function forkOp(
  session: Session,
  request: ResumeRequest,
  place: { host: Host; sessionId: string },
): SpawnOp {
  if (session.conversationId === null) {
    throw new AppError('CONVERSATION_NOT_FOUND', {
      message: 'The agent has not told the id of its conversation, so that it cannot be copied',
    });
  }
  const { host, sessionId } = place;
  const own = {
    epoch: 1,
    worktree: false,
    baseBranch: null,
    companionOf: session.id,
    resume: 'fork',
  } as const;
  return orderOf(session, request, host, { sessionId: sessionIdSchema.parse(sessionId), ...own });
}

type Place = Pick<SpawnOp, 'sessionId' | 'epoch' | 'worktree' | 'baseBranch' | 'companionOf'> & {
  readonly resume: ResumeKind;
};

function orderOf(session: Session, request: ResumeRequest, host: Host, { resume, ...place }: Place): SpawnOp {
  const { profile: name, project, conversationId: conversation } = session;
  const options = request.options ?? session.options;
  const profile = host.profiles.find((each) => each.name === name);
  const confirm = request.confirmBypass;
  // A profile that is gone is the host's to refuse: it may be back by then.
  if (profile) checkOptions({ profile, options, projectName: projectNameOf(project), confirm });
  return spawnOpSchema.parse({
    kind: 'spawn',
    ...place,
    profile: name,
    project,
    mode: 'resume',
    trust: false,
    task: null,
    ...(Object.keys(options).length > 0 ? { options } : {}),
    ...(conversation === null ? {} : { conversation }),
    ...(resume === 'exact' ? {} : { resume }),
    ...(confirm === undefined ? {} : { confirmBypass: confirm }),
    cols: request.cols,
    rows: request.rows,
  });
}
