// A loopback stand-in for the Messages API: POST /v1/messages (SSE and plain), count_tokens, models and HEAD /.
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Tokens } from '@roundhouse/protocol';
import { turnOf, type ToolStep } from './directives.js';
import { FakeServer, type Asked, type Json } from './fake-server.js';

const errorTypes: Readonly<Record<number, string>> = { 429: 'rate_limit_error', 529: 'overloaded_error' };
const kinds = { cacheCreation: true, reasoning: false };

export class FakeAnthropic extends FakeServer {
  protected async answer({ method, path, body }: Asked, response: ServerResponse): Promise<boolean> {
    if (method === 'HEAD') response.writeHead(200).end();
    else if (path === '/v1/messages/count_tokens') this.json(response, 200, { input_tokens: 10 });
    else if (path === '/v1/models')
      this.json(response, 200, { data: [], has_more: false, first_id: null, last_id: null });
    else if (path === '/v1/messages' && body) await this.#message(body, response);
    else return false;
    return true;
  }

  async #message(asked: Json, response: ServerResponse): Promise<void> {
    const { prompt, done, sent } = lastPrompt(asked.messages ?? []);
    const schema = schemaOf(asked);
    const turn = turnOf(prompt, done);
    if (turn.error !== null) {
      const type = errorTypes[turn.error] ?? 'api_error';
      this.json(response, turn.error, { type: 'error', error: { type, message: 'scripted error' } });
      return;
    }
    const tool = schema ? null : toolUse(turn.tool, asked.tools ?? []);
    const said = schema ? { ...turn, words: [forSchema(schema)], pauseMs: 0 } : turn;
    const tokens = this.ledger.next(turn.usage, kinds);
    const call = { path: '/v1/messages', model: String(asked.model), tokens, side: Boolean(schema), sent };
    const head = {
      ...{ id: `msg_${randomUUID().replaceAll('-', '')}`, type: 'message', role: 'assistant' },
      ...{ model: asked.model, content: [], stop_reason: null, stop_sequence: null, usage: usageOf(tokens) },
    };
    const reason = tool ? 'tool_use' : 'end_turn';
    if (asked.stream !== true) {
      const content = [{ type: 'text', text: said.words.join('') }, ...(tool ? [tool] : [])];
      this.ledger.add(call);
      this.json(response, 200, { ...head, content, stop_reason: reason });
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream', 'request-id': `req_${randomUUID()}` });
    const event = (type: string, data: object): void => {
      response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
    };
    event('message_start', { message: { ...head, usage: { ...head.usage, output_tokens: 1 } } });
    event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } });
    const whole = await this.say(response, said, (text) => {
      event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } });
    });
    if (!whole) return;
    event('content_block_stop', { index: 0 });
    if (tool) {
      const json = JSON.stringify(tool.input);
      event('content_block_start', { index: 1, content_block: { ...tool, input: {} } });
      event('content_block_delta', { index: 1, delta: { type: 'input_json_delta', partial_json: json } });
      event('content_block_stop', { index: 1 });
    }
    this.ledger.add(call);
    event('message_delta', { delta: { stop_reason: reason, stop_sequence: null }, usage: head.usage });
    event('message_stop', {});
    response.end();
  }
}

const usageOf = ({ input, output, cacheRead, cacheCreation }: Tokens) => ({
  input_tokens: input,
  output_tokens: output,
  cache_read_input_tokens: cacheRead,
  cache_creation_input_tokens: cacheCreation,
  cache_creation: { ephemeral_5m_input_tokens: cacheCreation, ephemeral_1h_input_tokens: 0 },
  service_tier: 'standard',
});

/** A prompt that follows a rejected tool call shares its message with the result of the tool. */
const textOf = (content: Json): string =>
  (typeof content === 'string'
    ? content
    : (content ?? [])
        .filter(({ type }: Json) => type === 'text')
        .map(({ text }: Json) => text)
        .join('\n')
  )
    .replace(/<system-reminder>[\s\S]*?<\/system-reminder>/g, '')
    .replace(/\[Request interrupted by user[^\]]*\]/g, '')
    .trim();

/** The last text of a person, the tool calls since, and everything that was said. */
function lastPrompt(messages: Json[]): { prompt: string; done: number; sent: string[] } {
  let done = 0;
  let prompt = '';
  for (const { role, content } of [...messages].reverse()) {
    if (role === 'assistant') done += Array.isArray(content) ? content.filter(isToolUse).length : 0;
    else if (role === 'user') prompt = textOf(content);
    if (prompt) break;
  }
  return { prompt, done, sent: messages.map(({ content }) => textOf(content)).filter(Boolean) };
}

const isToolUse = ({ type }: Json): boolean => type === 'tool_use';

function toolUse(step: ToolStep | null, tools: Json[]): Json {
  const has = (wanted: string) => tools.some(({ name }) => name === wanted);
  const id = `toolu_${randomUUID().replaceAll('-', '').slice(0, 24)}`;
  const shell = ['Bash', 'bash'].find(has);
  if (step?.kind === 'bash' && shell !== undefined) {
    const input = { command: step.text, description: 'scripted command' };
    return { type: 'tool_use', id, name: shell, input };
  }
  if (step?.kind === 'write' && has('Write')) {
    return { type: 'tool_use', id, name: 'Write', input: { file_path: step.text, content: step.content } };
  }
  return null;
}

const schemaOf = (asked: Json): Json => asked.output_config?.format?.schema ?? asked.output_format?.schema;

/** Side queries ask for structured output: something that fits a flat schema. */
const forSchema = (schema: Json): string =>
  JSON.stringify(
    Object.fromEntries(
      Object.entries(schema.properties ?? {}).map(([name, { type }]: Json) => [
        name,
        type === 'boolean' ? false : 'Signals',
      ]),
    ),
  );
