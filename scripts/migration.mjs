// Migrations of the hub's database: `check` fails when they do not lead to schema.prisma, or when the release before could
// not live with one (part of npm run check), `create <name>` writes the missing one. Needs no database server.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { contractions, isContraction } from './migrations/expand-only.mjs';

const root = fileURLToPath(new URL('../', import.meta.url));
const hub = path.join(root, 'apps/hub');
const files = {
  migrationsDir: path.join(hub, 'prisma/migrations'),
  schemaFile: path.join(hub, 'prisma/schema.prisma'),
};
const compiled = path.join(hub, 'dist/platform/database/schema-drift.js');

/** The hub's own code does the work; it is compiled here when nobody has done so yet. */
async function findDrift() {
  if (!existsSync(compiled)) {
    run([path.join(root, 'scripts/prisma.mjs'), 'generate']);
    // Errors elsewhere in the hub are the type check's business: this file is written all the same.
    run([path.join(root, 'node_modules/typescript/bin/tsc'), '-b', hub]);
  }
  const { findSchemaDrift } = await import(pathToFileURL(compiled).href);
  return findSchemaDrift(files);
}

function run(args) {
  spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'], timeout: 300_000 });
}

function listContractions() {
  const names = readdirSync(files.migrationsDir).filter((name) => /^\d/.test(name) && !isContraction(name));
  return names.flatMap((name) => {
    const sql = readFileSync(path.join(files.migrationsDir, name, 'migration.sql'), 'utf8');
    return contractions(sql).map(({ statement, why }) => `${name}: ${why}: ${statement}`);
  });
}

async function check() {
  const refused = listContractions();
  for (const line of refused) console.error(line);
  if (refused.length > 0) {
    console.error(
      'The release before must run on this database too: CONTRIBUTING.md, "Migrations", says how.',
    );
    return 1;
  }
  const sql = await findDrift();
  if (sql === null) return 0;
  console.error('The migrations do not lead to prisma/schema.prisma. Missing:\n');
  console.error(sql);
  console.error('Run: node scripts/migration.mjs create <name>');
  return 1;
}

async function create(name) {
  if (!/^[a-z0-9_]{1,60}$/.test(name ?? '')) {
    console.error(
      'Give the migration a name of a-z, 0-9 and _, for example: node scripts/migration.mjs create add_title',
    );
    return 2;
  }
  const sql = await findDrift();
  if (sql === null) {
    console.log('Nothing to do: the migrations lead to prisma/schema.prisma.');
    return 0;
  }
  const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  const dir = path.join(files.migrationsDir, `${stamp}_${name}`);
  mkdirSync(dir, { recursive: true });
  writeFileSync(path.join(dir, 'migration.sql'), sql);
  console.log(`Written: ${path.relative(process.cwd(), dir)}/migration.sql (read it before you commit it)`);
  return 0;
}

const [command, name] = process.argv.slice(2);
const commands = { check, create };
if (!Object.hasOwn(commands, command ?? '')) {
  console.error('Usage: node scripts/migration.mjs check | create <name>');
  process.exit(2);
}
process.exit(await commands[command](name));
