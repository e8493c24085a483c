// The lines of a Containerfile that install the agents of profiles. Every value goes in as data: nothing of a profile
// is ever an instruction, a word of a shell, or a variable.
import type { Profile } from './profile.js';

/**
 * Expects profiles that were parsed: the schema refuses control characters in names, paths and packages.
 * @throws Error when a value has a line break all the same
 */
export function renderContainerfile(profiles: readonly Profile[]): string {
  const installs = profiles.map(({ provisioning }) => provisioning?.install ?? {});
  const packages = (kind: 'npm' | 'pip' | 'system'): string[] => [
    ...new Set(installs.flatMap((install) => install[kind] ?? [])),
  ];
  const [system, npm, pip] = [packages('system'), packages('npm'), packages('pip')];
  const lines = [
    ...(system.length > 0
      ? [
          run('apt-get', 'update'),
          run('apt-get', 'install', '-y', '--no-install-recommends', '--', ...system),
        ]
      : []),
    ...(npm.length > 0 ? [run('npm', 'install', '--global', '--no-audit', '--no-fund', '--', ...npm)] : []),
    ...(pip.length > 0
      ? [run('pip', 'install', '--no-cache-dir', '--break-system-packages', '--', ...pip)]
      : []),
    ...profiles.flatMap(agentLines),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function agentLines({ name, provisioning }: Profile): string[] {
  const files = provisioning?.config_files ?? [];
  const lines = files.flatMap(({ path, mkdir, content }) => [
    ...(mkdir === true ? [run('mkdir', '-p', '--', path)] : []),
    ...(content === undefined ? [] : [writeFile(path, content)]),
  ]);
  const verify = provisioning?.verify;
  // A script, as its author wrote it: one argument of a shell of its own, encoded so that it is one line here.
  const check =
    verify === undefined
      ? []
      : [run('sh', '-c', `eval "$(printf %s "$1" | base64 -d)"`, 'sh', base64(verify))];
  const body = [...lines, ...check];
  return body.length > 0 ? [`# ${name}`, ...body] : [];
}

const writeFile = (path: string, content: string): string =>
  run(
    'sh',
    '-c',
    'mkdir -p -- "$(dirname -- "$2")" && printf %s "$1" | base64 -d > "$2"',
    'sh',
    base64(content),
    path,
  );

/** The array form: a builder hands the words on as they are, without a shell. */
const run = (...words: string[]): string => {
  const line = `RUN ${JSON.stringify(words.map(plain))}`;
  if (/[\n\r\u2028\u2029]/.test(line)) throw new Error('a line of a Containerfile cannot have a line break');
  return line;
};

/** A builder fills in `$NAME` nowhere in the array form of RUN; an escape character at the end of a line joins it to the next. */
function plain(word: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is refused
  if (/[\u0000-\u001f\u007f]/.test(word))
    throw new Error('a word of a Containerfile cannot have control characters');
  return word;
}

/** UTF-8 in base64, without Node: this package runs in the browser too. */
function base64(text: string): string {
  const bytes = new TextEncoder().encode(text);
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}
