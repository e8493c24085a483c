// What somebody sets for the hub in .env reaches it: compose.yml hands on each setting by its name, or decides it itself.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { inRoot } from '../run/paths.mjs';

/** Files and addresses inside of the container, which it decides by its volumes and ports. */
const own = ['ROUNDHOUSE_CONFIG', 'ROUNDHOUSE_STATE_DIR', 'XDG_DATA_HOME', 'ROUNDHOUSE_COMMIT'];
const decided = ['ROUNDHOUSE_PORT', 'ROUNDHOUSE_HOST', 'DATABASE_URL'];
/** The engine keeps what is written to standard error. */
const ofFiles = ['ROUNDHOUSE_LOG_FILE', 'ROUNDHOUSE_LOG_MAX_MB', 'ROUNDHOUSE_LOG_KEEP'];

const text = (file) => readFileSync(inRoot(file), 'utf8');

it('hands on every setting of the hub', () => {
  const [, hub = ''] = /^## Hub\n([^]*?)^## /m.exec(text('docs/settings.md')) ?? [];
  // Of a secret the name of a file: what is in the environment of a container, `inspect` shows.
  const settings = [...hub.matchAll(/^- `(\w+)`(?: or `(\w+)`)?:/gm)].map(([, name, file]) => file ?? name);
  expect(settings).toContain('ROUNDHOUSE_PUBLIC_URL');
  const handedOn = [...text('compose.yml').matchAll(/^ {6}(\w+): \$\{(\w+):-/gm)]
    .filter(([, inside, outside]) => inside === outside)
    .map(([, name]) => name);
  const left = [...own, ...decided, ...ofFiles];
  expect(
    settings.filter((name) => !left.includes(name.replace(/_FILE$/, '')) && !left.includes(name)).sort(),
  ).toEqual(handedOn.sort());
});
