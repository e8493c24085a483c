// Owns `npm run test:container`: builds both images and proves them with podman: the daemon against a hub of this checkout,
// by the very command that the hub prints, then the hub with compose.yml. Outside of `npm test`: it needs podman,
// podman-compose and the base images.
//   --image NAME, --hub-image NAME  tests these instead of building them
//   --only daemon|compose           one half             --keep  leaves containers, volumes and files
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checks } from './container/checks.mjs';
import { composeChecks } from './container/compose-checks.mjs';
import { composeProject } from './container/compose.mjs';
import { discard, podman, podmanVersion } from './container/engine.mjs';
import { startHub } from './container/hub.mjs';
import { capture } from './run/child.mjs';
import { countsLine } from './run/counts.mjs';
import { RunError, elapsed, say } from './run/output.mjs';
import { inRoot, root } from './run/paths.mjs';

const built = (program) => `localhost/roundhouse-${program}:test-${process.pid}`;

function readArguments(args) {
  const options = { image: null, hubImage: null, only: null, keep: false };
  const valued = { '--image': 'image', '--hub-image': 'hubImage', '--only': 'only' };
  for (let index = 0; index < args.length; index += 1) {
    const name = valued[args[index]];
    if (args[index] === '--keep') options.keep = true;
    else if (name && args[index + 1]) options[name] = args[(index += 1)];
    else
      throw new RunError(`Unknown: ${args[index]}`, {
        hint: 'There are: --image NAME, --hub-image NAME, --only daemon|compose, --keep',
        exitCode: 2,
      });
  }
  return options;
}

function makeProject(projects) {
  const project = join(projects, 'depot');
  mkdirSync(project, { recursive: true });
  const git = (...args) => execFileSync('git', args, { cwd: project, stdio: 'ignore' });
  git('init', '--initial-branch=main');
  git('-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', 'commit', '--allow-empty', '-m', 'first');
  return project;
}

/** Rejects at Ctrl-C, so that what was made is removed. */
const interrupted = () =>
  new Promise((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => reject(new RunError(signal)));
  });

async function prove(list, bed, { counts, containers }) {
  for (const [title, check] of list) {
    const startedAt = performance.now();
    try {
      await check(bed);
    } catch (error) {
      counts.failed += 1;
      say(`FAILED ${title}: ${error.stack}`);
      for (const name of containers) {
        const logs = await capture('podman', ['logs', '--tail', '40', name]);
        say(`${name} said:\n${logs.output}`);
      }
      return;
    }
    counts.passed += 1;
    say(`ok ${title} (${elapsed(startedAt)} s)`);
  }
}

async function imageOf(program, given) {
  if (given) return given;
  const startedAt = performance.now();
  const build = ['build', '-t', built(program), '-f', `Containerfile.${program}`, root];
  await podman(build, { label: `building the ${program}'s image` });
  say(`built ${built(program)} (${elapsed(startedAt)} s)`);
  return built(program);
}

/** The daemon's container against a hub of this checkout. */
async function proveDaemon(bed, { base, keep, counts }) {
  let hub = null;
  try {
    hub = await startHub({ base, image: bed.image });
    bed.call = hub.call;
    await Promise.race([prove(checks, bed, { counts, containers: [bed.container] }), interrupted()]);
  } finally {
    if (!keep) await discard(bed.container);
    await hub?.stop();
  }
}

/** The hub's image with compose.yml, and the daemon's container beside it. */
async function proveCompose(bed, { keep, counts }) {
  const version = await podmanVersion('podman-compose');
  if (!version) {
    say('SKIPPED: podman-compose is not installed, so nothing about compose.yml was tested.');
    counts.skipped += composeChecks.length;
    return;
  }
  bed.compose = await composeProject({
    name: `rh${process.pid}`,
    hubImage: bed.hubImage,
    daemonImage: bed.image,
  });
  const containers = [bed.compose.hub, bed.compose.db, bed.container];
  try {
    await Promise.race([prove(composeChecks, bed, { counts, containers }), interrupted()]);
  } finally {
    if (!keep) {
      await discard(bed.container);
      await bed.compose.down('-v', '-t', '5');
      // podman-compose 1.0.3 leaves its network behind.
      await capture('podman', ['network', 'rm', '--force', `${bed.compose.name}_default`]);
    }
  }
}

async function run({ image, hubImage, only, keep }) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const version = await podmanVersion();
  if (!version) {
    say('SKIPPED: podman is not installed, so nothing about the container images was tested.');
    return { ...counts, skipped: checks.length + composeChecks.length };
  }
  if (!existsSync(inRoot('apps/hub/dist/main.js')))
    throw new RunError('The hub is not built', { hint: 'Run: npm run test:container' });
  say(version);
  const base = mkdtempSync(join(tmpdir(), 'roundhouse-container-'));
  // PostgreSQL of a hub that root starts runs as somebody else.
  chmodSync(base, 0o755);
  const bedNamed = (name) => ({ name, container: `roundhouse-${name}`, root: join(base, 'projects', name) });
  try {
    const images = { image: await imageOf('daemon', image) };
    if (only !== 'daemon') images.hubImage = await imageOf('hub', hubImage);
    for (const [half, proveHalf] of [
      ['daemon', proveDaemon],
      ['compose', proveCompose],
    ]) {
      if (only && only !== half) continue;
      const bed = { ...bedNamed(`container-test-${half}-${process.pid}`), ...images };
      bed.project = makeProject(bed.root);
      await proveHalf(bed, { base, keep, counts });
      if (keep) say(`kept: ${bed.container}, ${JSON.stringify(images)}, ${base}`);
    }
  } finally {
    if (!keep) rmSync(base, { recursive: true, force: true });
    for (const [program, given] of [
      ['daemon', image],
      ['hub', hubImage],
    ])
      if (!keep && !given) await capture('podman', ['rmi', '--force', built(program)]);
  }
  return counts;
}

try {
  const counts = await run(readArguments(process.argv.slice(2)));
  console.log(countsLine(counts));
  process.exitCode = counts.failed > 0 ? 1 : 0;
} catch (error) {
  if (!(error instanceof RunError)) throw error;
  say(`error: ${error.message}`);
  if (error.hint) say(`  ${error.hint}`);
  process.exitCode = error.exitCode;
}
