// /hosts/$id
import { getRouteApi } from '@tanstack/react-router';
import { hostIdSchema } from '@roundhouse/protocol';
import { HostPage } from '../features/hosts/host-page.js';
import { NotFound } from '../features/shell/route-errors.js';

const route = getRouteApi('/signed-in/layout/hosts/$id');

export function Component() {
  const id = hostIdSchema.safeParse(route.useParams().id);
  const { window = '1h' } = route.useSearch();
  const navigate = route.useNavigate();
  if (!id.success) return <NotFound />;
  return (
    <HostPage
      id={id.data}
      window={window}
      onWindow={(next) => void navigate({ search: next === '1h' ? {} : { window: next }, replace: true })}
    />
  );
}
