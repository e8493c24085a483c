// The hub's settings; asked again when the hub tells that it has read them again.
import { routes } from '@roundhouse/protocol';
import { queryOptions } from '@tanstack/react-query';
import { call } from '../../lib/api.js';
import { keys } from '../../lib/live-cache.js';

export const settingsQuery = queryOptions({
  queryKey: keys.settings,
  queryFn: ({ signal }) => call(routes.settings.list, { signal }),
});
