// What both of OpenAI's APIs share in the fake: the prompt of a conversation, its tools, and a call of one.
import type { ToolStep } from './directives.js';
import type { Json } from './fake-server.js';

export interface Prompt {
  readonly prompt: string;
  /** Tool calls since. */
  readonly done: number;
  readonly sent: readonly string[];
}

export interface ToolCall {
  readonly name: string;
  readonly args: Json;
  /** A call of a tool that takes text: the text. */
  readonly text: string | null;
}

const textTypes = ['input_text', 'text', 'output_text'];
const toolCalls = ['function_call', 'custom_tool_call', 'local_shell_call'];

const textOf = (content: Json): string =>
  typeof content === 'string'
    ? content
    : (content ?? [])
        .filter(({ type }: Json) => textTypes.includes(type))
        .map(({ text }: Json) => text)
        .join('\n');

/** Codex sends its surroundings as messages of the user, wrapped in a tag; Copilot puts the time before a prompt. */
const isPrompt = (text: string): boolean => {
  const own = text.replace(/^\s*(<([a-z_]+)\b[^>]*>[\s\S]*?<\/\2>\s*)+/i, '');
  return own.trim() !== '' && !/^\s*(<[a-z_]+[ >]|# AGENTS\.md)/i.test(own);
};

export function lastPrompt(items: Json[]): Prompt {
  let done = 0;
  let prompt = '';
  for (const { type, role, content, tool_calls: calls } of [...items].reverse()) {
    if (toolCalls.includes(type)) done += 1;
    else if (role === 'assistant') done += (calls ?? []).length;
    else if (role === 'user' && isPrompt(textOf(content))) prompt = textOf(content);
    if (prompt) break;
  }
  return { prompt, done, sent: items.map(({ content }) => textOf(content)).filter(Boolean) };
}

/** A call of whichever shell or write tool the agent offers; null when it has none. */
export function toolCall(step: ToolStep | null, tools: Json[]): ToolCall | null {
  if (!step) return null;
  const names = tools.map(({ name, function: declared }) => String(name ?? declared?.name));
  const call = step.kind === 'bash' ? shellCalls(step) : writeCalls(step);
  const found = Object.entries(call).find(([name]) => names.includes(name));
  if (!found) return null;
  const [name, args] = found;
  return typeof args === 'string' ? { name, args: { input: args }, text: args } : { name, args, text: null };
}

const description = 'scripted command';

const shellCalls = ({ text, ask }: ToolStep): Record<string, Json> => ({
  shell_command: { command: text },
  exec_command: {
    cmd: text,
    ...(ask ? { sandbox_permissions: 'require_escalated', justification: 'Scripted: may I run this?' } : {}),
  },
  bash: { command: text, description },
  run_shell_command: { command: text, description, is_background: false },
});

const writeCalls = ({ text, content }: ToolStep): Record<string, Json> => ({
  apply_patch: `*** Begin Patch\n*** Add File: ${text}\n${content
    .split('\n')
    .map((line) => `+${line}`)
    .join('\n')}\n*** End Patch`,
  write: { filePath: text, content },
  write_file: { file_path: text, content },
});
