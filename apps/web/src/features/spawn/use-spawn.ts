// Sends a spawn: one Idempotency-Key for one filled form, the choice remembered, the answer put into the cache.
import { routes, type Session } from '@roundhouse/protocol';
import { useMutation } from '@tanstack/react-query';
import { useRef } from 'react';
import { call, newIdempotencyKey } from '../../lib/api.js';
import { applySession } from '../../lib/query.js';
import { storeLastChoice } from './last-choice.js';
import type { SpawnBody } from './spawn-rules.js';

/** Making a worktree of a large repository takes its time. */
const SPAWN_TIMEOUT_MS = 45_000;

export function useSpawn(onSpawned: (session: Session) => void) {
  // A retry of the same form repeats its key, so that nothing starts twice; a changed form is another request.
  const sent = useRef({ form: '', key: '' });
  return useMutation({
    mutationFn: (body: SpawnBody) => {
      const form = JSON.stringify(body);
      if (sent.current.form !== form) sent.current = { form, key: newIdempotencyKey() };
      return call(routes.sessions.create, {
        body,
        idempotencyKey: sent.current.key,
        timeoutMs: SPAWN_TIMEOUT_MS,
      });
    },
    onSuccess: (session) => {
      storeLastChoice(session.hostId, session.project, session.profile);
      applySession(session);
      onSpawned(session);
    },
  });
}
