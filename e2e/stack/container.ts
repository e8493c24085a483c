// A machine of its own for a daemon, as far as its processes are concerned: when it goes, all of them go.
import { spawnSync } from 'node:child_process';

const flags = ['--pid', '--fork', '--mount-proc', '--kill-child'];

/** In front of a program, makes it the first process of such a machine; null where that is not permitted. */
export function containerLauncher(): readonly string[] | null {
  const asRoot = ['unshare', ...flags];
  const asUser = ['unshare', '--user', '--map-root-user', ...flags];
  return [asRoot, asUser].find(works) ?? null;
}

const works = ([command = '', ...args]: readonly string[]): boolean =>
  spawnSync(command, [...args, 'true'], { stdio: 'ignore' }).status === 0;
