// Placeholders of a profile: `{session_id}` and the like. Unknown braces stay as they are.

export interface PlaceholderValues {
  readonly sessionId: string;
  /** Id of the agent's own conversation; null leaves its placeholder as text. */
  readonly conversationId: string | null;
  /** Where this session's telemetry goes: `http://127.0.0.1:<port>/s/<secret>`; null when it is off. */
  readonly otlpEndpoint: string | null;
  readonly otlpPort: number | null;
  readonly tmpDir: string;
  readonly cwd?: string;
  /** Directory of the session's private overlay; null or absent: there is none. */
  readonly overlayDir?: string | null;
  /** Directory that hooks leave their files in. */
  readonly dropDir?: string | null;
  /** The hook script as words of a shell, its directory included: `/bin/sh '<script>' '<directory>'`. */
  readonly relay?: string | null;
  readonly model?: string | null;
  readonly permissionMode?: string | null;
  /** false: what carries the session's secret stays as text, for words and files that others can read. */
  readonly secrets?: boolean;
}

/** The header that carries a session's secret where a path cannot. */
const OTLP_TOKEN_HEADER = 'x-roundhouse-token';

/** Where nothing listens: an agent whose receiver is off is given an address all the same, not broken text. */
const NOWHERE = 'http://127.0.0.1:1';
/** An older profile writes the receiver's address out; it has to name this session's own endpoint. */
const RECEIVER = /https?:\/\/(?:127\.0\.0\.1|localhost|\[::1\]):\{otlp_port\}/g;
const SECRET = /\/s\/([^/]+)$/;
const KNOWN = /\{([a-z_]+)\}/g;

const valueOf: Readonly<Record<string, (values: PlaceholderValues) => string | null | undefined>> = {
  otlp_endpoint: ({ otlpEndpoint, secrets }) => (secrets === false ? null : otlpEndpoint),
  otlp_port: ({ otlpPort }) => (otlpPort === null ? null : String(otlpPort)),
  otlp_base: ({ otlpEndpoint }) => otlpEndpoint?.replace(SECRET, '') ?? NOWHERE,
  otlp_header: ({ otlpEndpoint, secrets }) => {
    const secret = SECRET.exec(otlpEndpoint ?? '')?.[1];
    return secret === undefined || secrets === false ? null : `${OTLP_TOKEN_HEADER}=${secret}`;
  },
  agent_id: ({ sessionId }) => sessionId,
  session_id: ({ sessionId }) => sessionId,
  session_uuid: ({ conversationId }) => conversationId,
  conversation: ({ conversationId }) => conversationId,
  tmpdir: ({ tmpDir }) => tmpDir,
  cwd: ({ cwd }) => cwd,
  overlay: ({ overlayDir }) => overlayDir,
  drop: ({ dropDir }) => dropDir,
  relay: ({ relay }) => relay,
  model: ({ model }) => model,
  mode: ({ permissionMode }) => permissionMode,
};

/** Every name that stands for something, and the two that only overlay files know. */
export const placeholderNames: readonly string[] = [...Object.keys(valueOf), 'hooks', 'hooks_toml'];

/** Expands once: what a value brings in is never expanded again. */
export function expand(text: string, values: PlaceholderValues): string {
  return text
    .replace(RECEIVER, '{otlp_endpoint}')
    .replace(KNOWN, (placeholder, name: string) =>
      Object.hasOwn(valueOf, name) ? (valueOf[name]?.(values) ?? placeholder) : placeholder,
    );
}

/** What a session may do without: a variable that names one of these is left out, being no value. */
const OPTIONAL = ['otlp_endpoint', 'otlp_port', 'otlp_header', 'overlay', 'drop', 'relay'];

export function expandedEnv(
  env: Readonly<Record<string, string>>,
  values: PlaceholderValues,
): Record<string, string> {
  const isSet = (text: string): boolean =>
    [...text.matchAll(KNOWN)].every(
      ([, name = '']) => !OPTIONAL.includes(name) || (valueOf[name]?.(values) ?? null) !== null,
    );
  return Object.fromEntries(
    Object.entries(env)
      .filter(([, text]) => isSet(text))
      .map(([name, text]) => [name, expand(text, values)]),
  );
}
