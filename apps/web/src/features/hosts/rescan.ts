// Asks a host to look for projects and agents now, and tells what it found.
import { routes, type Host } from '@roundhouse/protocol';
import { call } from '../../lib/api.js';
import { t } from '../../lib/i18n/t.js';
import { applyHost } from '../../lib/query.js';
import { createStore, useStore } from '../../lib/store.js';
import { toast } from '../../ui/toast.js';

/** A large tree on a slow disk takes its time. */
const RESCAN_TIMEOUT_MS = 60_000;

/** Ids of the hosts that scan now, asked for here; every place that shows the host shows the progress. */
const scanning = createStore<readonly string[]>([]);

export const useScanning = (id: string): boolean => useStore(scanning).includes(id);

export async function rescan({ id }: Host): Promise<void> {
  if (scanning.get().includes(id)) return;
  scanning.set([...scanning.get(), id]);
  try {
    const host = await call(routes.hosts.rescan, { params: { id }, timeoutMs: RESCAN_TIMEOUT_MS });
    applyHost(host);
    const agents = host.profiles.filter(({ available }) => available).length;
    toast.done(t('hosts.rescanned', { name: host.name, projects: host.projects.length, agents }));
  } catch (error) {
    toast.error(error);
  } finally {
    scanning.set(scanning.get().filter((each) => each !== id));
  }
}
