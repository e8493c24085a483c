// Owns facts about other processes. A pid alone proves nothing (it is used again); pid and start time do.
import { readFileSync } from 'node:fs';

/**
 * When a process started, as an opaque string; undefined if it is gone (or a zombie).
 * Linux: field 22 of /proc/<pid>/stat. Elsewhere only liveness is known.
 */
export function processStartTime(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    if (process.platform === 'linux') return undefined;
  }
  try {
    process.kill(pid, 0);
    return 'alive';
  } catch {
    return undefined;
  }
}
