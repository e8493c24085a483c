// Owns making the checkout runnable: dependencies, then the build steps that are stale, one builder at a time.
import { capture } from './child.mjs';
import { dropStamp, fingerprint, isFresh, writeStamp } from './fingerprint.mjs';
import { enableHooks } from './git-hooks.mjs';
import { dependencyHash, install } from './install.mjs';
import { withBuildLock } from './lock.mjs';
import { RunError, elapsed, say } from './output.mjs';
import { root } from './paths.mjs';
import { preflight } from './preflight.mjs';
import { runInOrder } from './schedule.mjs';
import { buildSteps } from './steps.mjs';

/** `npm run build`-like entry: builds what is stale and stops. */
export async function run() {
  await build();
  say('everything is built');
  return 0;
}

/** Brings the checkout up to date. `only` limits the build steps by name. Throws RunError with the tool's words. */
export async function build({ only } = {}) {
  preflight();
  enableHooks();
  await withBuildLock(async () => {
    await install();
    const salt = dependencyHash();
    const steps = buildSteps.filter((step) => !only || only.includes(step.name));
    const outcome = await runInOrder(steps, (step) => bringUpToDate(step, salt));
    const failed = [...outcome].filter(([, state]) => state !== 'passed').map(([name]) => name);
    if (failed.length > 0) throw new RunError(`The build failed: ${failed.join(', ')}.`);
  });
}

async function bringUpToDate(step, salt) {
  const hash = fingerprint(step.inputs, {
    salt: `${salt} ${step.argv.slice(1).join(' ').replaceAll(root, '')}`,
  });
  if (isFresh(step.name, hash, step.outputs)) return true;
  const startedAt = performance.now();
  say(`${step.title}: building`);
  dropStamp(step.name);
  const [command, ...args] = step.argv;
  const done = await capture(command, args, { cwd: `${root}/${step.cwd ?? ''}`, label: step.title });
  if (done.code !== 0) {
    process.stderr.write(`${done.output.trimEnd()}\n`);
    say(`${step.title}: failed after ${elapsed(startedAt)} s`);
    return false;
  }
  writeStamp(step.name, hash);
  say(`${step.title}: built in ${elapsed(startedAt)} s`);
  return true;
}
