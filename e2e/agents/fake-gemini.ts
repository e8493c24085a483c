// A loopback stand-in for Google's generative language API: streamGenerateContent (SSE), generateContent, countTokens.
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Tokens } from '@roundhouse/protocol';
import { turnOf, type ToolStep } from './directives.js';
import { FakeServer, type Asked, type Json } from './fake-server.js';

const kinds = { cacheCreation: false, reasoning: true };

export class FakeGemini extends FakeServer {
  protected async answer({ path, body }: Asked, response: ServerResponse): Promise<boolean> {
    const [, model = '', operation = ''] = /\/models\/([^/:]+):(\w+)$/.exec(path) ?? [];
    if (!body || !model) return false;
    if (operation === 'countTokens') this.json(response, 200, { totalTokens: 10 });
    else if (operation === 'generateContent' || operation === 'streamGenerateContent')
      await this.#generate({ model, path, streams: operation !== 'generateContent' }, body, response);
    else return false;
    return true;
  }

  async #generate(
    { model, path, streams }: { model: string; path: string; streams: boolean },
    asked: Json,
    response: ServerResponse,
  ): Promise<void> {
    const { prompt, done, sent } = lastPrompt(asked.contents ?? []);
    const schema = asked.generationConfig?.responseJsonSchema ?? asked.generationConfig?.responseSchema;
    const turn = turnOf(prompt, done);
    if (turn.error !== null) {
      const error = { code: turn.error, message: 'scripted error', status: 'UNAVAILABLE' };
      this.json(response, turn.error, { error });
      return;
    }
    const said = schema ? { ...turn, words: [JSON.stringify(forSchema(schema))], pauseMs: 0 } : turn;
    const tool = schema ? null : functionCall(turn.tool, asked.tools ?? []);
    const tokens = this.ledger.next(turn.usage, kinds);
    const call = { path, model, tokens, side: Boolean(schema) || !streams, sent };
    const common = { usageMetadata: usageOf(tokens), modelVersion: model, responseId: randomUUID() };
    const chunk = (parts: Json[], finishReason?: string) => ({
      candidates: [
        { content: { role: 'model', parts }, index: 0, ...(finishReason ? { finishReason } : {}) },
      ],
      ...common,
    });
    const last = tool ? [{ functionCall: tool }] : [];
    if (!streams) {
      this.ledger.add(call);
      this.json(response, 200, chunk([{ text: said.words.join('') }, ...last], 'STOP'));
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const event = (data: object) => response.write(`data: ${JSON.stringify(data)}\r\n\r\n`);
    if (!(await this.say(response, said, (text) => event(chunk([{ text }]))))) return;
    this.ledger.add(call);
    event(chunk(tool ? last : [{ text: '' }], 'STOP'));
    response.end();
  }
}

/** Google's prompt tokens hold the cached ones; thoughts stand beside the answer. */
const usageOf = ({ input, output, cacheRead, reasoning }: Tokens) => ({
  promptTokenCount: input + cacheRead,
  cachedContentTokenCount: cacheRead,
  candidatesTokenCount: output - reasoning,
  thoughtsTokenCount: reasoning,
  totalTokenCount: input + cacheRead + output,
});

const textOf = (parts: Json[] | undefined): string =>
  (parts ?? [])
    .filter(({ text, thought }) => typeof text === 'string' && !thought)
    .map(({ text }) => text)
    .join('\n')
    .replace(/<session_context>[\s\S]*?<\/session_context>/g, '')
    .trim();

function lastPrompt(contents: Json[]): { prompt: string; done: number; sent: string[] } {
  let done = 0;
  let prompt = '';
  for (const { role, parts = [] } of [...contents].reverse()) {
    if (role === 'model') done += parts.filter(({ functionCall }: Json) => functionCall).length;
    else if (!parts.some(({ functionResponse }: Json) => functionResponse)) prompt = textOf(parts);
    if (prompt) break;
  }
  return { prompt, done, sent: contents.map(({ parts }) => textOf(parts)).filter(Boolean) };
}

function functionCall(step: ToolStep | null, tools: Json[]): Json {
  const names = tools.flatMap(({ functionDeclarations = [] }) =>
    functionDeclarations.map(({ name }: Json) => name),
  );
  if (step?.kind === 'bash' && names.includes('run_shell_command')) {
    const args = { command: step.text, description: 'scripted command' };
    return { id: randomUUID(), name: 'run_shell_command', args };
  }
  if (step?.kind === 'write' && names.includes('write_file')) {
    return { id: randomUUID(), name: 'write_file', args: { file_path: step.text, content: step.content } };
  }
  return null;
}

/** The smallest value that fits a schema: routers and "who speaks next" ask for one. */
function forSchema(schema: Json): Json {
  if (schema.enum) return schema.enum.includes('user') ? 'user' : schema.enum[0];
  const type = String(schema.type ?? 'string').toLowerCase();
  if (type === 'array') return [];
  if (type === 'boolean') return false;
  if (type === 'integer' || type === 'number') return 1;
  if (type !== 'object') return 'signals';
  const entries = Object.entries(schema.properties ?? {});
  return Object.fromEntries(entries.map(([name, each]) => [name, forSchema(each)]));
}
