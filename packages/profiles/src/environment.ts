// The environment that an agent gets: what may come from the daemon, and what never does.

export type Environment = Readonly<Record<string, string | undefined>>;

/** Handed on as they are: who and where the user is, language, network, certificates, tool chains. */
const INHERITED = new Set([
  ...[
    'PATH',
    'HOME',
    'USER',
    'LOGNAME',
    'SHELL',
    'LANG',
    'LANGUAGE',
    'TZ',
    'TMPDIR',
    'EDITOR',
    'VISUAL',
    'PAGER',
  ],
  ...['SSH_AUTH_SOCK', 'DBUS_SESSION_BUS_ADDRESS', 'DISPLAY', 'WAYLAND_DISPLAY', 'XAUTHORITY'],
  ...[
    'http_proxy',
    'https_proxy',
    'no_proxy',
    'all_proxy',
    'HTTP_PROXY',
    'HTTPS_PROXY',
    'NO_PROXY',
    'ALL_PROXY',
  ],
  ...[
    'SSL_CERT_FILE',
    'SSL_CERT_DIR',
    'NODE_EXTRA_CA_CERTS',
    'REQUESTS_CA_BUNDLE',
    'CURL_CA_BUNDLE',
    'GIT_SSL_CAINFO',
  ],
  ...[
    'NVM_DIR',
    'VOLTA_HOME',
    'PNPM_HOME',
    'BUN_INSTALL',
    'CARGO_HOME',
    'RUSTUP_HOME',
    'GOPATH',
    'JAVA_HOME',
  ],
]);
const INHERITED_PREFIX = /^(LC_|XDG_)[A-Z0-9_]+$/;

/**
 * Not even when a profile asks: telemetry of another session, marks of the agent that the daemon was
 * started from, and Roundhouse's own secrets. Everything else that is not listed above needs its exact
 * name in the profile.
 */
const NEVER =
  /^(OTEL_.*|PI_OTEL.*|CLAUDECODE|CLAUDE_CODE_(ENTRYPOINT|SSE_PORT|SESSION_ID|CHILD_SESSION)|ROUNDHOUSE_.*|(JOIN_TOKEN|DATABASE_URL|OTLP_FORWARD_HEADERS)(_FILE)?|HUB_URL)$/;

export const isNeverInherited = (name: string): boolean => NEVER.test(name);

/** What the agent sees of the daemon's environment: the list above, and the names of the profile. */
export function inheritedEnvironment(
  base: Environment,
  passthrough: readonly string[],
): Record<string, string> {
  const named = new Set(passthrough);
  const kept = Object.entries(base).filter(
    ([name]) =>
      (INHERITED.has(name) || INHERITED_PREFIX.test(name) || named.has(name)) && !isNeverInherited(name),
  );
  return Object.fromEntries(kept.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
