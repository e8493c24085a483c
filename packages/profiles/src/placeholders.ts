// Placeholders of a profile: `{session_id}` and the like. Unknown braces stay as they are.

export interface PlaceholderValues {
  readonly sessionId: string;
  /** Id of the agent's own conversation; null leaves its placeholder as text. */
  readonly conversationId: string | null;
  /** Where this session's telemetry goes: `http://127.0.0.1:<port>/s/<secret>`; null when it is off. */
  readonly otlpEndpoint: string | null;
  readonly otlpPort: number | null;
  readonly tmpDir: string;
}

/** An older profile writes the receiver's address out; it has to name this session's own endpoint. */
const RECEIVER = /https?:\/\/(?:127\.0\.0\.1|localhost|\[::1\]):\{otlp_port\}/g;
const KNOWN = /\{(otlp_endpoint|otlp_port|agent_id|session_id|session_uuid|tmpdir)\}/g;

/** Expands once: what a value brings in is never expanded again. */
export function expand(text: string, values: PlaceholderValues): string {
  const known: Readonly<Record<string, string | null>> = {
    otlp_endpoint: values.otlpEndpoint,
    otlp_port: values.otlpPort === null ? null : String(values.otlpPort),
    agent_id: values.sessionId,
    session_id: values.sessionId,
    session_uuid: values.conversationId,
    tmpdir: values.tmpDir,
  };
  return text
    .replace(RECEIVER, '{otlp_endpoint}')
    .replace(KNOWN, (placeholder, name: string) => known[name] ?? placeholder);
}
