// A machine of its own for a daemon, as far as its processes are concerned: when it goes, all of them go.
import { spawnSync } from 'node:child_process';

const flags = ['--pid', '--fork', '--mount-proc', '--kill-child'];

/** In front of a program, makes it the first process of such a machine; null where that is not permitted. */
export function containerLauncher(): readonly string[] | null {
  const asRoot = ['unshare', ...flags];
  const asUser = ['unshare', '--user', '--map-root-user', ...flags];
  return [asRoot, asUser].find(works) ?? null;
}

/**
 * The same with a boot id of its own, which the file holds: with another one in it, the next start of the program is the
 * start of the machine.
 */
export function machineLauncher(bootIdFile: string): readonly string[] | null {
  const container = containerLauncher();
  const mount = 'mount --bind "$0" /proc/sys/kernel/random/boot_id && exec "$@"';
  const launcher = [...(container ?? []), 'sh', '-c', mount, bootIdFile];
  return container && works(launcher) ? launcher : null;
}

const works = ([command = '', ...args]: readonly string[]): boolean =>
  spawnSync(command, [...args, 'true'], { stdio: 'ignore' }).status === 0;
