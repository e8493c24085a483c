// Owns the parts of `npm run test:containers`: what each sets up, proves and takes away again.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { say } from '../run/output.mjs';
import { apartChecks, apartContainers, discardApart } from './apart-checks.mjs';
import { checks } from './checks.mjs';
import { composeChecks, passwordChecks } from './compose-checks.mjs';
import { composeProject } from './compose.mjs';
import { dockerChecks, dockerEngine, dockerVersion } from './docker-checks.mjs';
import { discard, podmanVersion } from './engine.mjs';
import { fleetChecks, lastChecks } from './fleet-checks.mjs';
import { startHub } from './hub.mjs';
import { interrupted, prove } from './prove.mjs';
import { forgetNext, rollbackChecks } from './rollback-checks.mjs';
import { hasOpenssl, prepareTls, tlsChecks } from './tls-checks.mjs';

/** A host's name, its container's, and a repository below its own root. */
function machineNamed(base, name, more = {}) {
  const root = join(base, 'projects', name);
  const project = join(root, 'depot');
  mkdirSync(project, { recursive: true });
  const git = (...args) => execFileSync('git', args, { cwd: project, stdio: 'ignore' });
  git('init', '--initial-branch=main');
  git('-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', 'commit', '--allow-empty', '-m', 'first');
  return { name, container: `roundhouse-${name}`, root, project, ...more };
}

/** Checks of one machine's containers against a hub of this checkout. */
async function besideHub({ base, images, keep, counts, tag }, { name, list, containers, remove }) {
  const bed = machineNamed(base, `ct-${tag}-${name}`, { image: images.image });
  const hubBase = join(base, `hub-${name}`);
  mkdirSync(hubBase);
  let hub = null;
  try {
    hub = await startHub({ base: hubBase, image: bed.image });
    bed.call = hub.call;
    await Promise.race([prove(list, bed, { counts, containers: () => containers(bed) }), interrupted()]);
  } finally {
    if (!keep) await remove(bed);
    await hub?.stop();
  }
}

/** The daemon's container, all in one. */
const daemonPart = (context) =>
  besideHub(context, {
    ...{ name: 'loopback', list: checks, containers: ({ container }) => [container] },
    remove: ({ container }) => discard(container),
  });

/** Keepers in one container, their daemon in another. */
const apartPart = (context) =>
  besideHub(context, { name: 'apart', list: apartChecks, containers: apartContainers, remove: discardApart });

/** A project of compose.yml, and machines beside it, for as long as `work` takes. */
async function withProject({ base, images, keep, tag }, { part, names, ...project }, work) {
  const bed = { ...images, base, sessions: [], machines: [], call: null };
  const call = (...args) => bed.call(...args);
  const machines = names.map((name) => machineNamed(base, `ct-${tag}-${name}`, { call }));
  bed.compose = await composeProject({
    name: `rh${part}${tag}`,
    hubImage: images.hubImage,
    daemonImage: images.image,
    ...project,
  });
  const containers = () => [bed.compose.hub, bed.compose.db, ...machines.map(({ container }) => container)];
  try {
    await Promise.race([work(bed, { machines, containers }), interrupted()]);
  } finally {
    if (!keep) {
      for (const { container } of machines) await discard(container);
      await bed.compose.remove();
      await forgetNext(bed);
    }
  }
}

/** In their order; what docker's programs do comes before the last ones. */
const projectChecks = [...composeChecks, ...fleetChecks, ...rollbackChecks, ...passwordChecks];
const allOfCompose = [...projectChecks, ...dockerChecks, ...lastChecks];

/** The hub's image with compose.yml, two machines beside it, and everything that may happen to them. */
function composePart(context) {
  const { base, counts } = context;
  return withProject(context, { part: 'c', names: ['north', 'south', 'docked'] }, async (bed, made) => {
    const report = { counts, containers: made.containers };
    [bed.docked, bed.machines] = [made.machines[2], made.machines.slice(0, 2)];
    if (await prove(projectChecks, bed, report)) {
      await proveDocker(bed, base, report);
      await prove(lastChecks, bed, report);
    } else counts.skipped += dockerChecks.length + lastChecks.length;
  });
}

async function proveDocker(bed, base, report) {
  const version = await dockerVersion();
  if (!version) {
    say("SKIPPED: docker's own program is not installed, so nothing was run by it.");
    report.counts.skipped += dockerChecks.length;
    return;
  }
  say(version);
  bed.docker = await dockerEngine(base);
  try {
    await prove(dockerChecks, bed, report);
  } finally {
    await bed.docker.stop();
  }
}

/** compose.yml with deploy/tls.yml. */
async function tlsPart(context) {
  const { base, counts } = context;
  if (!(await hasOpenssl())) {
    say('SKIPPED: openssl is not installed, so nothing about certificates of your own was tested.');
    counts.skipped += tlsChecks.length;
    return;
  }
  const dir = mkdtempSync(join(base, 'tls-'));
  const project = { files: ['deploy/tls.yml'], env: { ROUNDHOUSE_TLS_DIR: join(dir, 'served') } };
  await withProject(context, { part: 't', names: ['signed'], ...project }, async (bed, made) => {
    bed.machines = made.machines;
    await prepareTls(bed, dir);
    await prove(tlsChecks, bed, { counts, containers: made.containers });
  });
}

async function unlessNoCompose(context, list, part) {
  if (await podmanVersion('podman-compose')) return part(context);
  say('SKIPPED: podman-compose is not installed, so nothing about compose.yml was tested.');
  context.counts.skipped += list.length;
}

export const parts = {
  daemon: daemonPart,
  apart: apartPart,
  compose: (context) => unlessNoCompose(context, allOfCompose, composePart),
  tls: (context) => unlessNoCompose(context, tlsChecks, tlsPart),
};

export const allChecks = [...checks, ...apartChecks, ...allOfCompose, ...tlsChecks];
