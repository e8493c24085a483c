// Owns the dependencies: installs from the frozen lockfile when a manifest changed or node_modules is not there.
import { capture } from './child.mjs';
import { explainFailure } from './explain.mjs';
import { dropStamp, fingerprint, isFresh, writeStamp } from './fingerprint.mjs';
import { elapsed, say } from './output.mjs';
import { inRoot, readJson, workspaces } from './paths.mjs';
import { findPnpm } from './pnpm.mjs';

const manifests = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', '.npmrc'];

/** The hash that stands for "these dependencies, for this Node": later steps are stale when it changes. */
export function dependencyHash() {
  const inputs = [...manifests, ...workspaces.map((path) => `${path}/package.json`)];
  return fingerprint(inputs, { salt: `node${process.versions.node.split('.')[0]}` });
}

export async function install() {
  const hash = dependencyHash();
  if (isFresh('install', hash, expectedFolders())) return;
  const startedAt = performance.now();
  say('dependencies: installing from the lockfile (about a minute the first time)');
  dropStamp('install');
  const env = { ...process.env, COREPACK_ENABLE_DOWNLOAD_PROMPT: '0' };
  const [command, ...prefix] = await findPnpm(env);
  // Without a terminal pnpm would refuse to replace a node_modules of other settings; it holds nothing of the user's.
  const flags = ['--frozen-lockfile', '--reporter=append-only', '--config.confirm-modules-purge=false'];
  const done = await capture(command, [...prefix, 'install', ...flags], {
    env,
    label: 'installing',
    quote: true,
  });
  if (done.code !== 0) throw explainFailure('The dependencies could not be installed', done.output);
  writeStamp('install', hash);
  say(`dependencies: installed in ${elapsed(startedAt)} s`);
}

/** A stamp alone proves nothing: each package with dependencies must have its node_modules. */
function expectedFolders() {
  const withDependencies = workspaces.filter((path) => {
    const { dependencies, devDependencies } = readJson(inRoot(path, 'package.json'));
    return Object.keys({ ...dependencies, ...devDependencies }).length > 0;
  });
  return ['node_modules/.modules.yaml', ...withDependencies.map((path) => `${path}/node_modules`)];
}
