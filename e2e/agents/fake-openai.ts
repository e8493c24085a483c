// A loopback stand-in for OpenAI's APIs: POST …/responses (SSE), POST …/chat/completions (SSE and plain), GET …/models.
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Tokens } from '@roundhouse/protocol';
import { turnOf, type Turn } from './directives.js';
import { FakeServer, type Asked, type Json } from './fake-server.js';
import { lastPrompt, toolCall, type ToolCall } from './openai-prompt.js';

const kinds = { cacheCreation: false, reasoning: true };

interface Answer {
  readonly turn: Turn;
  readonly tool: ToolCall | null;
  readonly tokens: Tokens;
  readonly model: string;
  /** To be called when it was said to its end. */
  readonly done: () => void;
}

export class FakeOpenAi extends FakeServer {
  protected async answer({ path, body }: Asked, response: ServerResponse): Promise<boolean> {
    if (path.endsWith('/models')) {
      this.json(response, 200, { object: 'list', data: [{ id: 'fake-model', object: 'model' }], models: [] });
      return true;
    }
    const isChat = path.endsWith('/chat/completions');
    if (!body || !(isChat || path.endsWith('/responses'))) return false;
    const { prompt, done, sent } = lastPrompt(itemsOf(isChat ? body.messages : body.input));
    const turn = turnOf(prompt, done);
    if (turn.error !== null) {
      this.json(response, turn.error, { error: { message: 'scripted error', type: 'server_error' } });
      return true;
    }
    const tools: Json[] = body.tools ?? [];
    const tokens = this.ledger.next(turn.usage, kinds);
    const model = String(body.model);
    // Titles and the like are asked for without tools.
    const side = tools.length === 0;
    const answer: Answer = {
      turn: side ? { ...turn, words: ['Signals'], pauseMs: 0 } : turn,
      tool: side ? null : toolCall(turn.tool, tools),
      tokens,
      model,
      done: () => {
        this.ledger.add({ path, model, tokens, side, sent });
      },
    };
    if (!isChat) await this.#responses(answer, response);
    else if (body.stream === true) await this.#chat(answer, response);
    else this.#plainChat(answer, response);
    return true;
  }

  async #responses({ turn, tool, tokens, model, done }: Answer, response: ServerResponse): Promise<void> {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    let number = 0;
    const event = (type: string, data: object): void => {
      response.write(
        `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: number, ...data })}\n\n`,
      );
      number += 1;
    };
    const id = `resp_${randomUUID().replaceAll('-', '')}`;
    const head = {
      id,
      object: 'response',
      created_at: 0,
      status: 'in_progress',
      model,
      output: [],
      usage: null,
    };
    event('response.created', { response: head });
    const item = {
      type: 'message',
      id: shortId('msg'),
      role: 'assistant',
      status: 'in_progress',
      content: [],
    };
    event('response.output_item.added', { output_index: 0, item });
    const where = { item_id: item.id, output_index: 0, content_index: 0 };
    const whole = await this.say(response, turn, (delta) => {
      event('response.output_text.delta', { ...where, delta });
    });
    if (!whole) return;
    const content = [{ type: 'output_text', text: turn.words.join(''), annotations: [] }];
    const output: Json[] = [{ ...item, status: 'completed', content }];
    if (tool) output.push(responseItem(tool));
    for (const [index, each] of output.entries()) {
      event('response.output_item.done', { output_index: index, item: each });
    }
    done();
    const usage = {
      input_tokens: tokens.input + tokens.cacheRead,
      input_tokens_details: { cached_tokens: tokens.cacheRead },
      output_tokens: tokens.output,
      output_tokens_details: { reasoning_tokens: tokens.reasoning },
      total_tokens: tokens.input + tokens.cacheRead + tokens.output,
    };
    event('response.completed', { response: { ...head, status: 'completed', output, usage } });
    response.end();
  }

  async #chat({ turn, tool, tokens, model, done }: Answer, response: ServerResponse): Promise<void> {
    const base = { id: `chatcmpl-${randomUUID()}`, object: 'chat.completion.chunk', created: 0, model };
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const event = (data: object) => response.write(`data: ${JSON.stringify({ ...base, ...data })}\n\n`);
    const choice = (delta: object, reason: string | null = null) => {
      event({ choices: [{ index: 0, delta, finish_reason: reason }] });
    };
    choice({ role: 'assistant', content: '' });
    const whole = await this.say(response, turn, (content) => {
      choice({ content });
    });
    if (!whole) return;
    if (tool) choice({ tool_calls: [chatCall(tool)] });
    done();
    choice({}, tool ? 'tool_calls' : 'stop');
    event({ choices: [], usage: chatUsage(tokens) });
    response.end('data: [DONE]\n\n');
  }

  #plainChat({ turn, tool, tokens, model, done }: Answer, response: ServerResponse): void {
    const calls = tool ? { tool_calls: [chatCall(tool)] } : {};
    const message = { role: 'assistant', content: turn.words.join(''), ...calls };
    const choices = [{ index: 0, finish_reason: tool ? 'tool_calls' : 'stop', message }];
    done();
    const head = { id: `chatcmpl-${randomUUID()}`, object: 'chat.completion', created: 0, model };
    this.json(response, 200, { ...head, choices, usage: chatUsage(tokens) });
  }
}

const shortId = (prefix: string): string => `${prefix}_${randomUUID().slice(0, 8)}`;

const itemsOf = (given: Json): Json[] =>
  typeof given === 'string' ? [{ role: 'user', content: given }] : (given ?? []);

/** Prompt tokens hold the cached ones, completion tokens the reasoning. */
const chatUsage = ({ input, output, cacheRead, reasoning }: Tokens) => ({
  prompt_tokens: input + cacheRead,
  completion_tokens: output,
  total_tokens: input + cacheRead + output,
  prompt_tokens_details: { cached_tokens: cacheRead },
  completion_tokens_details: { reasoning_tokens: reasoning },
});

const chatCall = ({ name, args, text }: ToolCall) => ({
  ...{ index: 0, id: shortId('call'), type: 'function' },
  function: { name, arguments: JSON.stringify(text === null ? args : { patchText: text, input: text }) },
});

const responseItem = ({ name, args, text }: ToolCall) =>
  text === null
    ? {
        type: 'function_call',
        id: shortId('fc'),
        call_id: shortId('call'),
        name,
        arguments: JSON.stringify(args),
      }
    : { type: 'custom_tool_call', id: shortId('ctc'), call_id: shortId('call'), name, input: text };
