// The state of a session's worktree: read from the host when shown and when asked; no event tells its changes.
import { routes, type Session, type WorktreeRemoved } from '@roundhouse/protocol';
import { queryOptions } from '@tanstack/react-query';
import { call } from '../../lib/api.js';
import { ApiError } from '../../lib/api-error.js';
import { queryClient } from '../../lib/query.js';

/** A worktree changes under the agent all the time: what is older than this is read again when it is shown. */
const STALE_MS = 10_000;

/** Null when there is no worktree any more. */
export const worktreeQuery = ({ id, epoch, state }: Session) =>
  queryOptions({
    queryKey: ['worktree', id, epoch, state],
    staleTime: STALE_MS,
    queryFn: async ({ signal }) => {
      try {
        return await call(routes.sessions.getWorktree, { params: { id }, signal });
      } catch (error) {
        if (error instanceof ApiError && error.code === 'WORKTREE_NOT_FOUND') return null;
        throw error;
      }
    },
  });

/** @throws ApiError WORKTREE_NOT_CLEAN without `confirm`, and others. */
export async function removeWorktree({ id }: Session, confirm: boolean): Promise<WorktreeRemoved> {
  const removed = await call(routes.sessions.removeWorktree, {
    params: { id },
    body: confirm ? { confirm } : {},
  });
  await queryClient.invalidateQueries({ queryKey: ['worktree', id] });
  return removed;
}
