// Owns what a release holds: compiled programs, the web app, profiles, production dependencies, launchers. Everything is
// named here; nothing gets in because it lay around.
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { findPnpm } from '../run/pnpm.mjs';
import { launcher } from './launcher.mjs';
import { must } from './must.mjs';
import { pruneModules } from './prune-modules.mjs';

const packages = ['packages/protocol', 'packages/profiles', 'packages/kit'];
const programs = ['apps/hub', 'apps/daemon'];
/** For these the native parts are inside: Linux with glibc, on both processors. */
const platforms = { os: ['linux'], cpu: ['x64', 'arm64'], libc: ['glibc'] };
const documents = ['LICENSE', 'README.md', 'CHANGELOG.md', 'SECURITY.md'];

/** What compilers leave for people and for other compilers, and tests. */
const notRun = /(\.d\.[cm]?ts|\.map|\.tsbuildinfo|\.spec\.[cm]?js)$/;
const isRun = (path) => !notRun.test(path) && basename(path) !== 'testing';

/** Fills `tree` from the built `source`; resolves to the packages inside, for the SBOM. */
export async function assemble(tree, source, release) {
  mkdirSync(tree, { recursive: true });
  const take = (path, filter = isRun) =>
    cpSync(join(source, path), join(tree, path), { recursive: true, filter: (from) => filter(from) });
  for (const path of [...packages, ...programs]) {
    for (const file of ['package.json', 'dist']) take(`${path}/${file}`);
  }
  take('apps/web/dist');
  take('apps/hub/prisma/migrations');
  const profiles = join(tree, 'profiles');
  mkdirSync(profiles);
  for (const file of readdirSync(join(source, 'profiles')).filter((name) => name.endsWith('.yaml')))
    take(`profiles/${file}`);
  for (const file of documents.filter((name) => existsSync(join(source, name)))) take(file);
  const inside = await installModules(tree, source);
  placeTerminals(tree);
  writeOwn(tree, release);
  return inside;
}

async function installModules(tree, source) {
  const manifests = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml'];
  for (const file of manifests) cpSync(join(source, file), join(tree, file));
  const settings = join(tree, 'pnpm-workspace.yaml');
  const wanted = JSON.stringify(platforms);
  writeFileSync(settings, `${readFileSync(settings, 'utf8')}supportedArchitectures: ${wanted}\n`);
  const [command, ...prefix] = await findPnpm(process.env);
  const only = programs.flatMap((path) => ['--filter', `{./${path}}...`]);
  const flags = ['--prod', '--frozen-lockfile', '--ignore-scripts', '--prefer-offline'];
  await must(command, [...prefix, ...only, 'install', ...flags], {
    cwd: tree,
    env: { COREPACK_ENABLE_DOWNLOAD_PROMPT: '0' },
    label: 'production dependencies',
  });
  for (const file of manifests) rmSync(join(tree, file));
  return pruneModules(tree, programs);
}

/** The keeper takes the terminal of the machine that it runs on. */
function placeTerminals(tree) {
  const store = join(tree, 'node_modules/.pnpm');
  for (const folder of readdirSync(store)) {
    const found = /^@lydell\+node-pty-(linux-(?:x64|arm64))@/.exec(folder);
    if (!found) continue;
    const target = join(tree, 'apps/daemon/dist/keeper', found[1]);
    mkdirSync(target);
    const binary = join(store, folder, 'node_modules/@lydell', `node-pty-${found[1]}`, 'pty.node');
    cpSync(binary, join(target, 'pty.node'));
    chmodSync(join(target, 'pty.node'), 0o755);
  }
}

function writeOwn(tree, release) {
  writeFileSync(join(tree, 'release.json'), `${JSON.stringify(release, null, 2)}\n`);
  // Says "ES modules" to Node for everything below, as the one of the checkout does.
  const manifest = { name: 'roundhouse', version: release.version, private: true, type: 'module' };
  writeFileSync(join(tree, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  mkdirSync(join(tree, 'bin'));
  for (const path of programs) {
    const { config } = JSON.parse(readFileSync(join(tree, path, 'package.json'), 'utf8'));
    const file = join(tree, 'bin', `roundhouse-${basename(path)}`);
    writeFileSync(file, launcher({ path, flags: config?.nodeFlags ?? [], commit: release.commit }));
    chmodSync(file, 0o755);
  }
}
