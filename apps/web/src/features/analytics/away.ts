// When hosts of a chart were not connected: what their agents used then is told later, or never. Pure.
import { activitySlotMs, type FleetActivity, type Host } from '@roundhouse/protocol';

export interface Away {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** Of hosts that were connected before, in the last day. The slot that is now says nothing yet. */
export function awayOf(
  { from, hosts: known }: FleetActivity,
  hosts: readonly Pick<Host, 'id' | 'name'>[],
): Away[] {
  const start = Date.parse(from);
  return hosts.flatMap(({ id, name }) => {
    const slots = known.find(({ hostId }) => hostId === id)?.slots ?? [];
    const spans: { name: string; from: number; to: number }[] = [];
    let seen = false;
    for (const [i, { offline }] of slots.slice(0, -1).entries()) {
      const at = start + i * activitySlotMs;
      const last = spans.at(-1);
      if (!offline) seen = true;
      else if (last?.to === at) last.to = at + activitySlotMs;
      else if (seen) spans.push({ name, from: at, to: at + activitySlotMs });
    }
    return spans;
  });
}
