// Owns the generated documents (the table below), made from what is built. `--check` writes nothing and fails when one
// of them is not what it would write.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorsDocument } from './gen-docs/errors-document.mjs';
import { protocolDocument } from './gen-docs/protocol-document.mjs';
import { settingsDocument } from './gen-docs/settings-document.mjs';
import { troubleshootingDocument } from './gen-docs/troubleshooting-document.mjs';
import { inRoot } from './run/paths.mjs';

const load = async (built) => {
  const path = inRoot(built);
  if (existsSync(path)) return import(path);
  console.error(`${built} is not built: run node scripts/run.mjs build first`);
  process.exit(1);
};

const protocol = await load('packages/protocol/dist/index.js');
const profiles = await load('packages/profiles/dist/index.js');
const kit = await load('packages/kit/dist/index.js');
const { hubSettings: hub } = await load('apps/hub/dist/settings/table.js');
const { daemonSettings: daemon } = await load('apps/daemon/dist/settings/table.js');
const { hubChecks } = await load('apps/hub/dist/doctor/checks.js');
const { daemonChecks } = await load('apps/daemon/dist/doctor/checks.js');
const json = (value) => `${JSON.stringify(value, null, 2)}\n`;

const documents = {
  'docs/protocol.md': protocolDocument(protocol),
  'docs/settings.md': settingsDocument({ ...kit, settingTopics: protocol.settingTopics }, { hub, daemon }),
  'docs/errors.md': errorsDocument(protocol),
  'docs/troubleshooting.md': troubleshootingDocument({
    common: kit.commonChecks,
    hub: hubChecks,
    daemon: daemonChecks,
  }),
  'docs/openapi.json': json(protocol.openApiDocument()),
  'docs/profile.schema.json': json({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Roundhouse agent profile',
    ...protocol.toJsonSchema(profiles.profileFileSchema),
  }),
};

const isCurrent = ([path, text]) => existsSync(inRoot(path)) && readFileSync(inRoot(path), 'utf8') === text;
const stale = Object.entries(documents).filter((entry) => !isCurrent(entry));

if (process.argv.includes('--check')) {
  for (const [path] of stale) console.error(`${path} is stale: run node scripts/gen-docs.mjs and commit it`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  for (const [path, text] of stale) {
    mkdirSync(dirname(inRoot(path)), { recursive: true });
    writeFileSync(inRoot(path), text);
    console.log(`wrote ${path}`);
  }
}
