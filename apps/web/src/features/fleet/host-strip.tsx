// The last 24 hours of a host.
import { activitySlotMs, type Host } from '@roundhouse/protocol';
import { formatDuration } from '../../lib/format.js';
import { t } from '../../lib/i18n/t.js';
import { ActivityStrip } from '../../ui/activity-strip.js';
import { useHostSlots } from './fleet-activity.js';

export function HostStrip({ host }: { host: Host }) {
  const slots = useHostSlots(host.id);
  if (!slots || slots.every(({ workingMs, waitingMs }) => workingMs + waitingMs === 0)) return null;
  const sum = (kind: 'workingMs' | 'waitingMs'): string =>
    formatDuration(slots.reduce((total, slot) => total + slot[kind], 0));
  return (
    <>
      <span className="text-11 max-lg:hidden" aria-hidden="true">
        {t('fleet.lastDay')}
      </span>
      <ActivityStrip
        className="max-lg:hidden max-sm:block max-sm:w-20"
        label={t('usage.strip', { host: host.name, working: sum('workingMs'), waiting: sum('waitingMs') })}
        slots={slots.map(({ workingMs, waitingMs, offline }) => ({
          working: workingMs / activitySlotMs,
          waiting: waitingMs / activitySlotMs,
          offline,
        }))}
      />
    </>
  );
}
