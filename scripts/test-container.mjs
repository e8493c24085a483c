// Owns `npm run test:container`: builds the daemon's image and proves it with podman against a hub of this checkout,
// by the very command that the hub prints. Outside of `npm test`: it needs podman and the base image.
//   --image NAME  tests that image instead of building one      --keep  leaves container, volume and files
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checks } from './container/checks.mjs';
import { discard, podman, podmanVersion } from './container/engine.mjs';
import { startHub } from './container/hub.mjs';
import { capture } from './run/child.mjs';
import { countsLine } from './run/counts.mjs';
import { RunError, elapsed, say } from './run/output.mjs';
import { inRoot, root } from './run/paths.mjs';

const builtImage = `localhost/roundhouse-daemon:test-${process.pid}`;

function readArguments(args) {
  const options = { image: null, keep: false };
  for (let index = 0; index < args.length; index += 1) {
    if (args[index] === '--keep') options.keep = true;
    else if (args[index] === '--image' && args[index + 1]) options.image = args[(index += 1)];
    else
      throw new RunError(`Unknown: ${args[index]}`, { hint: 'There are: --image NAME, --keep', exitCode: 2 });
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

async function prove(bed, counts) {
  for (const [title, check] of checks) {
    const startedAt = performance.now();
    try {
      await check(bed);
    } catch (error) {
      counts.failed += 1;
      say(`FAILED ${title}: ${error.stack}`);
      const logs = await capture('podman', ['logs', '--tail', '40', bed.container]);
      say(`the container said:\n${logs.output}`);
      return;
    }
    counts.passed += 1;
    say(`ok ${title} (${elapsed(startedAt)} s)`);
  }
}

async function run({ image, keep }) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const version = await podmanVersion();
  if (!version) {
    say('SKIPPED: podman is not installed, so nothing about the container image was tested.');
    return { ...counts, skipped: checks.length };
  }
  if (!existsSync(inRoot('apps/hub/dist/main.js')))
    throw new RunError('The hub is not built', { hint: 'Run: npm run test:container' });
  say(version);
  if (!image) {
    const build = ['build', '-t', builtImage, '-f', 'Containerfile.daemon', root];
    await podman(build, { label: 'building the image' });
    say(`built ${builtImage}`);
  }
  const base = mkdtempSync(join(tmpdir(), 'roundhouse-container-'));
  // PostgreSQL of a hub that root starts runs as somebody else.
  chmodSync(base, 0o755);
  const name = `container-test-${process.pid}`;
  const bed = {
    image: image ?? builtImage,
    name,
    container: `roundhouse-${name}`,
    root: join(base, 'projects'),
  };
  let hub = null;
  try {
    bed.project = makeProject(bed.root);
    hub = await startHub({ base, image: bed.image });
    bed.call = hub.call;
    await Promise.race([prove(bed, counts), interrupted()]);
  } finally {
    if (!keep) await discard(bed.container);
    await hub?.stop();
    if (keep) say(`kept: ${bed.container}, ${bed.image}, ${base}`);
    else rmSync(base, { recursive: true, force: true });
    if (!keep && !image) await capture('podman', ['rmi', '--force', builtImage]);
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
