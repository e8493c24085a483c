// Removes from pnpm's store, while an image is built, what the packages of the workspace do not reach at run time:
// prune-modules.mjs PEER… The named peers are only wanted where code is generated or compiled (Prisma's command, TypeScript).
import { existsSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

const store = join(process.cwd(), 'node_modules/.pnpm');
const peers = new Set(process.argv.slice(2));
const seen = new Set();

/** The packages that a node_modules directory has, as [name, path]. */
const entries = (modules) =>
  readdirSync(modules, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('.'))
    .flatMap(({ name }) =>
      name.startsWith('@') ? readdirSync(join(modules, name)).map((inner) => `${name}/${inner}`) : [name],
    )
    .map((name) => [name, join(modules, name)]);

/** In pnpm's store what a package may import lies beside it: `.pnpm/<id>/node_modules/*`. */
function visit(modules) {
  for (const [name, path] of entries(modules)) {
    if (peers.has(name) || !existsSync(path)) continue;
    const real = realpathSync(path);
    if (!real.startsWith(`${store}/`)) continue;
    const id = real.slice(store.length + 1).split('/')[0];
    if (seen.has(id)) continue;
    seen.add(id);
    visit(join(store, id, 'node_modules'));
  }
}

for (const place of ['apps', 'packages'])
  for (const name of readdirSync(place)) {
    const modules = join(process.cwd(), place, name, 'node_modules');
    if (existsSync(modules)) visit(modules);
  }
if (seen.size === 0) throw new Error(`nothing of ${store} is used: not a workspace of pnpm's?`);

let removed = 0;
for (const id of readdirSync(store)) {
  if (id === 'node_modules' || id === 'lock.yaml' || seen.has(id)) continue;
  rmSync(join(store, id), { recursive: true, force: true });
  removed += 1;
}
// The links of what is gone, and pnpm's notes on what was installed.
rmSync(join(store, 'node_modules'), { recursive: true, force: true });
for (const id of seen)
  for (const [, path] of entries(join(store, id, 'node_modules')))
    if (!existsSync(path)) rmSync(path, { force: true });
console.log(`${seen.size} packages are used, ${removed} were removed from ${dirname(store)}`);
