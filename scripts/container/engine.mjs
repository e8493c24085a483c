// Owns what is asked of podman: whether it is here, the image, one container.
import { capture } from '../run/child.mjs';
import { RunError, elapsed } from '../run/output.mjs';

/** Its version, or null where it is not installed. */
export const podmanVersion = (program = 'podman') =>
  capture(program, ['--version']).then(
    ({ code, output }) => (code === 0 ? output.trim().split('\n')[0] : null),
    () => null,
  );

/** Runs podman; resolves to its trimmed output. Throws a RunError with its words when it fails. */
export async function podman(args, { label } = {}) {
  const { code, output } = await capture('podman', args, { label, quote: label !== undefined });
  if (code === 0) return output.trim();
  throw new RunError(`podman ${args.slice(0, 2).join(' ')} … failed (${code}):\n${output.slice(-4000)}`);
}

/** @returns what `work` resolves to, and how many seconds it took */
export async function timed(work) {
  const startedAt = performance.now();
  return [await work(), elapsed(startedAt)];
}

/** Runs a shell line inside the container. */
export const inside = (container, line) => podman(['exec', container, 'sh', '-c', line]);

/** The daemon's process id inside; null while none runs. Neither tini nor the supervisor begins with "node". */
export async function daemonPid(container) {
  const found = await inside(container, "pgrep -o -f '^node .*/opt/roundhouse/apps/daemon$' || true");
  return found === '' ? null : Number(found);
}

/** Removes container and volume, whatever state they are in. */
export async function discard(container) {
  await capture('podman', ['rm', '--force', '--time', '2', container]);
  await capture('podman', ['volume', 'rm', '--force', `${container}-state`]);
}
