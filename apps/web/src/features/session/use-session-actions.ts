// What a person can do with a session, each as one call that keeps the cache true and says what failed.
import { routes, type ResumeKind, type Session } from '@roundhouse/protocol';
import { useNavigate } from '@tanstack/react-router';
import { useMutation } from '@tanstack/react-query';
import { call, newIdempotencyKey } from '../../lib/api.js';
import { ApiError } from '../../lib/api-error.js';
import { t } from '../../lib/i18n/t.js';
import { applySession, liveCache } from '../../lib/query.js';
import { toast } from '../../ui/toast.js';
import { popOut } from './pop-out.js';

const onError = (error: unknown): void => toast.error(error);
/** The first grid of a shell; its terminal sets the real one as soon as it is shown. */
const SHELL_SIZE = { cols: 100, rows: 30 };

export interface ResumeWish {
  /** Exactly its conversation when absent. */
  resume?: ResumeKind;
  /** What was typed to allow an agent that asks for nothing. */
  confirmBypass?: string;
}

/** Goes on with a session; a copy is another one, which is opened. */
export function useResume(session: Session) {
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (wish: ResumeWish) =>
      call(routes.sessions.resume, {
        params: { id: session.id },
        body: { cols: session.cols, rows: session.rows, ...wish },
      }),
    async onSuccess(resumed) {
      applySession(resumed);
      if (resumed.id !== session.id) await navigate({ to: '/sessions/$id', params: { id: resumed.id } });
    },
    onError,
  });
}

export function useAdopt(session: Session) {
  return useMutation({
    mutationFn: () => call(routes.sessions.adopt, { params: { id: session.id } }),
    onSuccess(adopted) {
      applySession(adopted);
      toast.done(t('session.adopted', { name: adopted.name }));
    },
    onError,
  });
}

/** Asks the running agent for another model; the one that it uses is told by its next request. */
export function useModel(session: Session) {
  return useMutation({
    mutationFn: (model: string) =>
      call(routes.sessions.setModel, { params: { id: session.id }, body: { model } }),
    onSuccess(_, model) {
      toast.done(t('session.modelAsked', { model }));
    },
    onError,
  });
}

export function useRename(session: Session) {
  return useMutation({
    mutationFn: (name: string) =>
      call(routes.sessions.update, { params: { id: session.id }, body: { name } }),
    onSuccess: applySession,
    onError,
  });
}

export function useTaskEdit(session: Session) {
  return useMutation({
    mutationFn: (task: string | null) =>
      call(routes.sessions.update, { params: { id: session.id }, body: { task } }),
    onSuccess: applySession,
    onError,
  });
}

/** @throws ApiError for the dialog that asked. */
export async function stopSession(session: Session, force: boolean): Promise<void> {
  const body = force ? { force: true } : {};
  applySession(await call(routes.sessions.stop, { params: { id: session.id }, body }));
}

/** @throws ApiError for the dialog that asked. */
export function useDelete(session: Session): () => Promise<void> {
  const navigate = useNavigate();
  return async () => {
    await call(routes.sessions.remove, { params: { id: session.id } });
    await navigate({ to: '/' });
    liveCache.apply({ kind: 'session', id: session.id, version: session.version + 1, deleted: true });
    toast.done(t('session.deleted', { name: session.name }));
  };
}

/** A bash beside the agent, in the same directory. */
export function useCompanion(session: Session) {
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (key: string) =>
      call(routes.sessions.create, {
        idempotencyKey: key,
        body: {
          hostId: session.hostId,
          profile: 'bash',
          project: session.project,
          companionOf: session.id,
          ...SHELL_SIZE,
        },
      }),
    async onSuccess(companion) {
      applySession(companion);
      await navigate({ to: '/sessions/$id', params: { id: companion.id } });
    },
    onError,
  });
}

export const companionKey = newIdempotencyKey;

export function openPopOut(session: Session): void {
  if (!popOut(session)) toast.error(new ApiError('ABORTED', { message: t('session.popUpBlocked') }));
}
