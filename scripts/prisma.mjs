// Runs the Prisma CLI without its downloaded engine: `generate` (only when stale), `validate` and `format`
// need nothing but WASM. Everything else is refused, because it would silently do nothing.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const hub = fileURLToPath(new URL('../apps/hub/', import.meta.url));
const schemaFile = path.join(hub, 'prisma/schema.prisma');
const generatedDir = path.join(hub, 'src/generated/prisma');
const stampFile = path.join(generatedDir, '.schema-hash');
const require = createRequire(path.join(hub, 'package.json'));

const [command, ...args] = process.argv.slice(2);
if (!['generate', 'validate', 'format'].includes(command ?? '')) {
  console.error(
    `prisma.mjs: "${command ?? ''}" is not available. Use generate, validate or format; ` +
      'for migrations use: node scripts/migration.mjs create <name> | check',
  );
  process.exit(2);
}

// The generator's version is part of the hash: a new Prisma must regenerate the client too.
const hash = createHash('sha256')
  .update(readFileSync(schemaFile))
  .update(readFileSync(require.resolve('prisma/package.json')))
  .digest('hex');
const fresh = existsSync(stampFile) && readFileSync(stampFile, 'utf8').trim() === hash;
if (command === 'generate' && fresh && !args.includes('--force')) process.exit(0);

const cli = require.resolve('prisma/build/index.js');
const result = spawnSync(process.execPath, [cli, command, ...args.filter((a) => a !== '--force')], {
  cwd: hub,
  stdio: ['ignore', command === 'generate' ? 'pipe' : 'inherit', 'inherit'],
  encoding: 'utf8',
  timeout: 120_000,
  env: {
    ...process.env,
    // Any existing file stops the download; the commands above never run the engine.
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
  },
});
if (result.status !== 0) {
  if (result.error) console.error(`prisma.mjs: ${result.error.message}`);
  console.error(result.stdout ?? '');
  process.exit(result.status ?? 1);
}
if (command === 'generate') writeFileSync(stampFile, `${hash}\n`);
