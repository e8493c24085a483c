// Owns the generated part of Containerfile.daemon: the lines that install agents, made from profiles/*.yaml.
// `--check` writes nothing and fails when they are not what it would write.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { withAgents } from './container/agents-block.mjs';
import { inRoot } from './run/paths.mjs';

const file = inRoot('Containerfile.daemon');

const load = async (path) => {
  if (existsSync(inRoot(path))) return import(inRoot(path));
  console.error('packages/profiles is not built: run node scripts/run.mjs build first');
  process.exit(1);
};

const { loadProfiles, renderContainerfile } = await load('packages/profiles/dist/index.js');
// Only what ships: a *.local.yaml of this machine is nobody else's.
const shipped = readdirSync(inRoot('profiles')).filter((name) => /^[a-z0-9-]+\.yaml$/.test(name));
const texts = shipped.map((name) => ({ file: name, text: readFileSync(inRoot('profiles', name), 'utf8') }));
const { profiles, problems } = loadProfiles(texts);
if (problems.length > 0)
  throw new Error(`A profile has a mistake; see npm run profiles:check (${shipped.length} files)`);
const before = readFileSync(file, 'utf8');
const after = withAgents(before, renderContainerfile(profiles.map(({ profile }) => profile)));

if (before === after) process.exit(0);
if (process.argv.includes('--check')) {
  console.error('Containerfile.daemon is stale: run node scripts/render-containerfile.mjs and commit it');
  process.exit(1);
}
writeFileSync(file, after);
console.log('wrote Containerfile.daemon');
