// Says what to do when something that the tests start was not built.
import { existsSync } from 'node:fs';
import { daemonEntry, hubEntry, inRepository } from './paths.js';

const needed = [
  hubEntry,
  daemonEntry,
  inRepository('apps/daemon/dist/keeper/keeper.mjs'),
  inRepository('apps/web/dist/index.html'),
];

function checkBuild(): void {
  const missing = needed.filter((file) => !existsSync(file));
  if (missing.length > 0)
    throw new Error(`Not built: ${missing.join(', ')}. Run npm test, or npm start once.`);
}

// eslint-disable-next-line no-restricted-syntax -- Playwright asks for a default export here
export default checkBuild;
