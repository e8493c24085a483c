// Why a session's state is believed: asked from its host when somebody wants to know.
import { routes, type Session } from '@roundhouse/protocol';
import { queryOptions } from '@tanstack/react-query';
import { call } from '../../lib/api.js';

/** Read again with each change of the state. */
export const explainQuery = ({ id, activity }: Session) =>
  queryOptions({
    queryKey: ['session-status', id, activity],
    staleTime: 2_000,
    queryFn: ({ signal }) => call(routes.sessions.status, { params: { id }, signal }),
  });
