// What was chosen in the spawn dialog last time on this device.
import { z } from 'zod';

const KEY = 'roundhouse.spawn.last';
/** Hosts remembered; the oldest go first. */
const HOSTS_MAX = 50;

const choiceSchema = z.object({
  hostId: z.string().optional(),
  profile: z.string().optional(),
  /** Path of the last project by host. */
  projects: z.record(z.string(), z.string()).catch({}),
});
export type LastChoice = z.infer<typeof choiceSchema>;

const nothing: LastChoice = { projects: {} };

export function readLastChoice(): LastChoice {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? 'null');
    return choiceSchema.catch(nothing).parse(stored);
  } catch {
    return nothing;
  }
}

export function storeLastChoice(hostId: string, project: string, profile: string): void {
  const { [hostId]: _old, ...others } = readLastChoice().projects;
  const all: [string, string][] = [...Object.entries(others), [hostId, project]];
  const projects = Object.fromEntries(all.slice(-HOSTS_MAX));
  try {
    localStorage.setItem(KEY, JSON.stringify({ hostId, profile, projects }));
  } catch {
    // Private windows may refuse storage: the dialog then starts empty next time.
  }
}
