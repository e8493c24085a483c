// Owns `npm run test:containers`: builds both images and proves them with podman: the daemon against a hub of this checkout,
// by the very command that the hub prints, then whole installations with compose.yml. Outside of `npm test`: it needs
// podman, podman-compose and the base images.
//   --image NAME, --hub-image NAME  tests these instead of building them
//   --only daemon|apart|compose|tls  one part       --keep  leaves containers, volumes and files
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { baseImages, haveBaseImages } from './container/base-images.mjs';
import { podman, podmanVersion, timed } from './container/engine.mjs';
import { allChecks, parts } from './container/parts.mjs';
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
        hint: `There are: --image NAME, --hub-image NAME, --only ${Object.keys(parts).join('|')}, --keep`,
        exitCode: 2,
      });
  }
  if (options.only && !parts[options.only])
    throw new RunError(`--only ${options.only}: there are ${Object.keys(parts).join(', ')}`, { exitCode: 2 });
  return options;
}

async function imageOf(program, given) {
  if (given) return given;
  const build = ['build', '-t', built(program), '-f', `Containerfile.${program}`, root];
  const [, took] = await timed(() => podman(build, { label: `building the ${program}'s image` }));
  say(`built ${built(program)} (${took} s)`);
  return built(program);
}

async function run({ image, hubImage, only, keep }) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const version = await podmanVersion();
  if (!version) {
    say('SKIPPED: podman is not installed, so nothing about the container images was tested.');
    say(
      '  As root on Debian, node scripts/container/stand-in-images.mjs --all makes the machine ready, without an image registry.',
    );
    return { ...counts, skipped: allChecks.length };
  }
  if (!existsSync(inRoot('apps/hub/dist/main.js')))
    throw new RunError('The hub is not built', { hint: 'Run: npm run test:containers' });
  say(version);
  const withoutHub = ['daemon', 'apart'].includes(only);
  await haveBaseImages(withoutHub ? [baseImages.node] : Object.values(baseImages));
  const base = mkdtempSync(join(tmpdir(), 'roundhouse-container-'));
  // PostgreSQL of a hub that root starts runs as somebody else.
  chmodSync(base, 0o755);
  try {
    const images = { image: await imageOf('daemon', image) };
    if (!withoutHub) images.hubImage = await imageOf('hub', hubImage);
    const context = { base, images, keep, counts, tag: String(process.pid) };
    for (const [name, part] of Object.entries(parts)) if (!only || only === name) await part(context);
    if (keep) say(`kept: containers with ${context.tag} in their names, ${JSON.stringify(images)}, ${base}`);
  } finally {
    if (!keep) rmSync(base, { recursive: true, force: true });
    for (const [program, given] of [
      ['daemon', image],
      ['hub', hubImage],
    ])
      if (!keep && !given) await capture('podman', ['rmi', '--force', built(program)]);
  }
  say(`the whole run took ${elapsed()} s`);
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
