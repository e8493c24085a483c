// The lines of a Containerfile that install the agents of profiles. Every value goes in as data: nothing of a profile
// is ever an instruction, a word of a shell, or a variable. What the words mean is in scripts/container/provision.sh.
import type { Profile } from './profile.js';

/**
 * One line that knows the names, then one for each agent, which does nothing unless that agent was asked for.
 * Expects profiles that were parsed: the schema refuses control characters in names, paths and packages.
 * @throws Error when a value has a line break all the same, or when a seeded file would leave the agent's home
 */
export function renderContainerfile(profiles: readonly Profile[]): string {
  const agents = profiles.filter(isInstallable).sort((a, b) => (a.name < b.name ? -1 : 1));
  const known = run('--known', ...agents.map(({ name }) => name));
  return [known, ...agents.map(agentLine)].map((line) => `${line}\n`).join('');
}

/** What names no package cannot be put into an image: it is there anyhow, as bash is, or comes from elsewhere. */
function isInstallable({ provisioning }: Profile): boolean {
  const { npm = [], pip = [], system = [] } = provisioning?.install ?? {};
  return npm.length + pip.length + system.length > 0;
}

function agentLine({ name, provisioning }: Profile): string {
  const { npm = [], pip = [], system = [] } = provisioning?.install ?? {};
  const files = provisioning?.config_files ?? [];
  const verify = provisioning?.verify;
  return run(
    name,
    ...system.map((text) => `system=${text}`),
    ...npm.map((text) => `npm=${text}`),
    ...pip.map((text) => `pip=${text}`),
    ...files.flatMap(({ path, mkdir, content }) => [
      ...(mkdir === true ? [`dir=${place(path)}`] : []),
      ...(content === undefined ? [] : [`content64=${base64(content)}`, `file=${place(path)}`]),
    ]),
    // A script, as its author wrote it: one argument of a shell of its own.
    ...(verify === undefined ? [] : [isPlain(verify) ? `verify=${verify}` : `verify64=${base64(verify)}`]),
  );
}

/** A path of the agent's home without a slash in front, any other with one. */
function place(path: string): string {
  if (path.split('/').includes('..')) throw new Error(`a seeded file cannot be at ${path}`);
  return path.replace(/^(\/root|~)\//, '');
}

/** The array form: a builder hands the words on as they are, without a shell; it fills in `$NAME` nowhere in them. */
function run(...words: string[]): string {
  const wild = words.find((word) => !isPlain(word));
  if (wild !== undefined) throw new Error('a word of a Containerfile cannot have control characters');
  return `RUN ${JSON.stringify(['roundhouse-provision', ...words])}`;
}

/** Printable ASCII: one line for every builder, whatever it takes for the end of one. */
const isPlain = (text: string): boolean => /^[\x20-\x7e]*$/.test(text);

/** UTF-8 in base64, without Node: this package runs in the browser too. */
function base64(text: string): string {
  const bytes = new TextEncoder().encode(text);
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}
