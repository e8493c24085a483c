// Before the tests: says what to do when something that they start was not built, and makes what they all begin with.
import { existsSync } from 'node:fs';
import { makeDatabaseTemplate } from './database-template.js';
import { bundleForTests } from '../../scripts/run/bundle-program.mjs';
import { inRepository } from './paths.js';

const needed = [
  inRepository('apps/hub/dist/main.js'),
  inRepository('apps/daemon/dist/main.js'),
  inRepository('apps/daemon/dist/keeper/keeper.mjs'),
  inRepository('apps/web/dist/index.html'),
];

async function prepare(): Promise<() => void> {
  const missing = needed.filter((file) => !existsSync(file));
  if (missing.length > 0)
    throw new Error(`Not built: ${missing.join(', ')}. Run npm test, or npm start once.`);
  await bundleForTests();
  return makeDatabaseTemplate();
}

// eslint-disable-next-line no-restricted-syntax -- Playwright asks for a default export here
export default prepare;
