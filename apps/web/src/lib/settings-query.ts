// The settings of the hub or of one machine; asked again when the hub tells that they have been read again.
import { routes, type HostId } from '@roundhouse/protocol';
import { queryOptions } from '@tanstack/react-query';
import { call } from './api.js';
import { ApiError } from './api-error.js';
import { keys } from './live-cache.js';

const passing: readonly string[] = ['NETWORK', 'TIMEOUT', 'DAEMON_TOO_OLD'];

export const settingsQuery = (host?: HostId) =>
  queryOptions({
    // A daemon tells them right after it has connected: one that is not too old is a moment behind at most.
    retry: (count, error) => count < 2 && error instanceof ApiError && passing.includes(error.code),
    retryDelay: 500,
    queryKey: [...keys.settings, host ?? 'hub'],
    queryFn: ({ signal }) =>
      host === undefined
        ? call(routes.settings.list, { signal })
        : call(routes.hosts.settings, { signal, params: { id: host } }),
  });
