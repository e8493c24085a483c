// A session of the shipped profile of Claude in which a test says what the agent reports and prints: everything is real
// but the agent, a shell that tells where its telemetry goes and which words it was started with.
import { spawn } from 'node:child_process';
import { closeSync, constants, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { Session, SessionOptions } from '@roundhouse/protocol';
import type { DaemonProcess } from './daemon.js';
import { inRepository } from './paths.js';
import type { Stack } from './stack.js';
import { until } from './wait.js';

/** Environment of a daemon whose `claude` is that shell. */
export function toldProfile(directory: string, ceiling = 'acceptEdits'): { PROFILES_DIR: string } {
  const dir = path.join(directory, 'told');
  mkdirSync(dir, { recursive: true });
  const script = [
    'printf "%s\\n" "$@" > "$PWD/.words"',
    '[ -p "$PWD/.say" ] || mkfifo "$PWD/.say"',
    'printenv OTEL_EXPORTER_OTLP_ENDPOINT > "$PWD/.endpoint.new" && mv "$PWD/.endpoint.new" "$PWD/.endpoint"',
    'exec cat <> "$PWD/.say"',
  ].join('; ');
  const text = readFileSync(inRepository('profiles/claude.yaml'), 'utf8')
    .replace('binary: claude', 'always_available: true')
    .replace(`ceiling: acceptEdits`, `ceiling: ${ceiling}`)
    .replaceAll(/: \[claude\b/g, `: [bash, -c, '${script}', claude`);
  writeFileSync(path.join(dir, 'claude.yaml'), text);
  return { PROFILES_DIR: dir };
}

/** One request as Claude tells it. Tokens are those of the wire: input without cached ones. */
export interface ToldRequest {
  readonly at: number;
  readonly id: string;
  readonly model: string;
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheCreation: number;
  readonly dollars: number;
  readonly prompt?: string;
}

/** What is read of the agent's settings. */
interface Settings {
  readonly hooks: Readonly<Record<string, readonly { hooks: readonly { command: string }[] }[]>>;
  readonly statusLine: { readonly command: string };
}

export class ToldAgent {
  private constructor(
    readonly session: Session,
    private readonly project: string,
    private readonly endpoint: string,
  ) {}

  static async start(
    stack: Stack,
    daemon: DaemonProcess,
    request: { readonly project: string; readonly name?: string; readonly options?: SessionOptions },
  ): Promise<ToldAgent> {
    const session = await stack.running(daemon, { profile: 'claude', ...request });
    const endpoint = await until(() => read(path.join(request.project, '.endpoint')), {
      what: 'the agent has told where its telemetry goes',
      timeoutMs: 20_000,
    });
    return new ToldAgent(session, request.project, endpoint);
  }

  /** Onto its terminal, as it is. */
  print(text: string): void {
    // Without a reader it fails instead of waiting for one.
    const pipe = openSync(path.join(this.project, '.say'), constants.O_WRONLY | constants.O_NONBLOCK);
    try {
      writeSync(pipe, text);
    } finally {
      closeSync(pipe);
    }
  }

  title(title: string): void {
    this.print(`\u001b]0;${title}\u0007`);
  }

  /** Runs the hook that the agent was given for the event, as the agent does; text is handed on as it is. */
  hook(event: string, payload: Readonly<Record<string, unknown>> | string = {}): Promise<void> {
    const command = this.#settings().hooks[event]?.[0]?.hooks[0]?.command;
    if (command === undefined) throw new Error(`no hook for ${event}`);
    const told = { hook_event_name: event, session_id: this.session.conversationId };
    return this.#run(
      command,
      typeof payload === 'string' ? payload : JSON.stringify({ ...told, ...payload }),
    );
  }

  statusLine(payload: Readonly<Record<string, unknown>>): Promise<void> {
    return this.#run(this.#settings().statusLine.command, JSON.stringify(payload));
  }

  #settings(): Settings {
    const words = readFileSync(path.join(this.project, '.words'), 'utf8').split('\n');
    const settings = words[words.indexOf('--settings') + 1] ?? '';
    return JSON.parse(readFileSync(settings, 'utf8')) as Settings;
  }

  #run(command: string, input: string): Promise<void> {
    const child = spawn('/bin/sh', ['-c', command], {
      cwd: this.project,
      stdio: ['pipe', 'ignore', 'ignore'],
      timeout: 10_000,
    });
    child.stdin.end(input);
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code) =>
        code === 0 ? resolve() : reject(new Error(`${command} ended with ${code}`)),
      );
    });
  }

  prompt(prompt: { readonly at: number; readonly id: string; readonly characters: number }): Promise<void> {
    const { at, id, characters } = prompt;
    return this.#events([
      { at, name: 'user_prompt', attributes: { 'prompt.id': id, prompt_length: String(characters) } },
    ]);
  }

  requests(requests: readonly ToldRequest[]): Promise<void> {
    return this.#events(
      requests.map(({ at, id, model, prompt, ...counts }) => ({
        at,
        name: 'api_request',
        attributes: {
          model,
          request_id: id,
          query_source: 'repl_main_thread',
          input_tokens: counts.input,
          output_tokens: counts.output,
          cache_read_tokens: counts.cacheRead,
          cache_creation_tokens: counts.cacheCreation,
          cost_usd: counts.dollars,
          duration_ms: 900,
          ...(prompt === undefined ? {} : { 'prompt.id': prompt }),
        },
      })),
    );
  }

  tool(tool: { readonly at: number; readonly id: string; readonly name: string; readonly ok: boolean }) {
    const { at, id, name, ok } = tool;
    const attributes = { tool_name: name, tool_use_id: id, success: String(ok), duration_ms: '1200' };
    return this.#events([{ at, name: 'tool_result', attributes }]);
  }

  async #events(
    events: readonly { at: number; name: string; attributes: Record<string, string | number> }[],
  ): Promise<void> {
    const logRecords = events.map(({ at, name, attributes }) => ({
      timeUnixNano: `${at}000000`,
      body: { stringValue: `claude_code.${name}` },
      attributes: Object.entries({ 'event.name': name, ...attributes }).map(([key, value]) => ({
        key,
        value: typeof value === 'number' ? { doubleValue: value } : { stringValue: value },
      })),
    }));
    const scope = { name: 'com.anthropic.claude_code.events' };
    const response = await fetch(`${this.endpoint}/v1/logs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ resourceLogs: [{ scopeLogs: [{ scope, logRecords }] }] }),
      signal: AbortSignal.timeout(10_000),
    });
    if (!response.ok) throw new Error(`the daemon refused: ${response.status} ${await response.text()}`);
  }
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim() || null;
  } catch {
    return null;
  }
}
