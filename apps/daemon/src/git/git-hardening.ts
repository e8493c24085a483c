// What every git process of the daemon gets: a configuration and an environment that run no other program.

/**
 * Configuration given by `-c`, which outranks every file of the repository.
 * Together with the environment below nothing that a repository ships is run: hooks, fsmonitor, ssh, remote
 * helpers, signing. Filters have names of their own and are silenced by `filterOverrides`.
 */
export const hardenedConfig: readonly string[] = [
  'core.fsmonitor=false',
  'core.hooksPath=/dev/null',
  'core.sshCommand=/bin/false',
  'core.gitProxy=/bin/false',
  'core.pager=cat',
  'core.editor=/bin/false',
  'credential.helper=',
  'protocol.ext.allow=never',
  'protocol.file.allow=user',
  'submodule.recurse=false',
  'diff.external=',
  'commit.gpgSign=false',
  'gpg.program=/bin/false',
  'log.showSignature=false',
  'gc.auto=0',
  'maintenance.auto=false',
  // A repository must not be able to hide changes from our status.
  'core.ignoreStat=false',
  'core.checkStat=default',
  'core.trustctime=true',
  'core.untrackedCache=false',
  'core.symlinks=true',
  'status.showUntrackedFiles=all',
  'i18n.logOutputEncoding=UTF-8',
];

/** The guards of simple-git that our own constant configuration above would trip; user text never gets here. */
export const neededUnsafe = {
  allowUnsafeAskPass: true,
  allowUnsafeConfigEnvCount: true,
  allowUnsafeConfigPaths: true,
  allowUnsafeCredentialHelper: true,
  allowUnsafeDiffExternal: true,
  allowUnsafeDiffTextConv: true,
  allowUnsafeEditor: true,
  allowUnsafeFilter: true,
  allowUnsafeFsMonitor: true,
  allowUnsafeGitProxy: true,
  allowUnsafeGpgProgram: true,
  allowUnsafeHooksPath: true,
  allowUnsafeMergeDriver: true,
  allowUnsafePager: true,
  allowUnsafeProtocolOverride: true,
  allowUnsafeSshCommand: true,
} as const;

export type GitEnv = Readonly<Record<string, string>>;

/**
 * The whole environment of a git process; nothing else of the daemon's is passed on.
 * GIT_ALLOW_PROTOCOL=none and GIT_NO_LAZY_FETCH: the daemon never talks to a remote, so that a partial clone
 * cannot make git start a transport.
 */
export function hardenedEnv(path: string | undefined): GitEnv {
  return {
    PATH: path ?? '/usr/local/bin:/usr/bin:/bin',
    HOME: '/nonexistent',
    XDG_CONFIG_HOME: '/nonexistent',
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '/bin/false',
    SSH_ASKPASS: '/bin/false',
    GIT_SSH_COMMAND: '/bin/false',
    GIT_EDITOR: '/bin/false',
    GIT_PAGER: 'cat',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_ALLOW_PROTOCOL: 'none',
    GIT_NO_LAZY_FETCH: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_AUTHOR_NAME: 'Roundhouse',
    GIT_AUTHOR_EMAIL: 'roundhouse@localhost',
    GIT_COMMITTER_NAME: 'Roundhouse',
    GIT_COMMITTER_EMAIL: 'roundhouse@localhost',
  };
}

const driver = /^(filter|diff|merge)\.([\s\S]*)\.(smudge|clean|process|required|textconv|command|driver)$/;
const valueOf: Readonly<Record<string, string>> = { required: 'false' };

/**
 * Overrides that silence every filter, diff and merge driver named by the repository (`names` is the output
 * of `git config --list --name-only -z`), as GIT_CONFIG_* variables: a name may hold "=", which -c cannot say.
 *
 * Decision: filters never run, not even in trusted projects. Hence a worktree of a Git LFS repository starts
 * with pointer files (`git lfs pull` inside the session fetches them), and a rescue keeps raw bytes.
 */
export function filterOverrides(names: string): GitEnv {
  const keys = [...new Set(names.split('\0').filter((name) => driver.test(name)))];
  const env: Record<string, string> = { GIT_CONFIG_COUNT: String(keys.length) };
  for (const [index, key] of keys.entries()) {
    env[`GIT_CONFIG_KEY_${String(index)}`] = key;
    env[`GIT_CONFIG_VALUE_${String(index)}`] = valueOf[key.slice(key.lastIndexOf('.') + 1)] ?? '';
  }
  return keys.length === 0 ? {} : env;
}
