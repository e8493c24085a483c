// /sessions/$id
import { getRouteApi } from '@tanstack/react-router';
import { sessionIdSchema } from '@roundhouse/protocol';
import { SessionPage } from '../features/session/session-page.js';
import { NotFound } from '../features/shell/route-errors.js';

const route = getRouteApi('/signed-in/layout/sessions/$id');

export function Component() {
  const id = sessionIdSchema.safeParse(route.useParams().id);
  const { tab = 'terminal' } = route.useSearch();
  const navigate = route.useNavigate();
  if (!id.success) return <NotFound />;
  return (
    <SessionPage
      id={id.data}
      tab={tab}
      onTab={(next) => void navigate({ search: next === 'terminal' ? {} : { tab: next } })}
    />
  );
}
