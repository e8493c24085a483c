// /sessions/$id/pop : the bare window, without the shell.
import { getRouteApi } from '@tanstack/react-router';
import { sessionIdSchema } from '@roundhouse/protocol';
import { SessionPage } from '../features/session/session-page.js';
import { NotFound } from '../features/shell/route-errors.js';

const route = getRouteApi('/signed-in/sessions/$id/pop');

export function Component() {
  const id = sessionIdSchema.safeParse(route.useParams().id);
  return id.success ? (
    <div className="flex h-dvh min-w-0 flex-col">
      <main className="flex min-h-0 flex-1 flex-col">
        <SessionPage id={id.data} popped />
      </main>
    </div>
  ) : (
    <NotFound />
  );
}
