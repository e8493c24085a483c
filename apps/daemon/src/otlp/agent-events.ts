// What agents' log events mean: a table of names and of the attributes that carry the numbers.
// Source: Claude Code's monitoring page, checked against captures of version 2.1.197.
import { textOf, type LogRecord } from './model.js';

export interface RequestEvent {
  readonly kind: 'request';
  readonly tokens: {
    readonly input: string;
    readonly output: string;
    readonly cacheRead: string;
    readonly cacheCreation: string;
  };
  readonly costUsd: string;
  readonly costMicros: string;
  readonly model: string;
  readonly querySource: string;
  /** Attributes that name the record when it is sent again: the first, else the others together. */
  readonly id: string;
  readonly fallbackIds: readonly string[];
}

interface CompactionEvent {
  readonly kind: 'compaction';
  readonly tokensAfter: string;
}

export const sequenceAttribute = 'event.sequence';

const events: ReadonlyMap<string, RequestEvent | CompactionEvent> = new Map<
  string,
  RequestEvent | CompactionEvent
>([
  [
    'claude_code.api_request',
    {
      kind: 'request',
      tokens: {
        input: 'input_tokens',
        output: 'output_tokens',
        cacheRead: 'cache_read_tokens',
        cacheCreation: 'cache_creation_tokens',
      },
      costUsd: 'cost_usd',
      costMicros: 'cost_usd_micros',
      model: 'model',
      querySource: 'query_source',
      id: 'request_id',
      fallbackIds: ['session.id', 'prompt.id', sequenceAttribute],
    },
  ],
  ['claude_code.compaction', { kind: 'compaction', tokensAfter: 'post_tokens' }],
]);

const claudeScope = 'com.anthropic.claude_code';

/** The meaning of a log record; undefined when it has none for us. */
export function eventOf(record: LogRecord): RequestEvent | CompactionEvent | undefined {
  const byBody = events.get(record.body) ?? events.get(record.eventName);
  if (byBody) return byBody;
  const short = textOf(record.attributes, 'event.name') ?? record.eventName;
  return record.scope.name.startsWith(claudeScope) ? events.get(`claude_code.${short}`) : events.get(short);
}

/** Whether a request belongs to the conversation itself, not to a helper such as the title of the session. */
export const isMainQuery = (source: string | undefined): boolean =>
  source === undefined || source === 'sdk' || source === 'main' || /^repl_main_thread(:|$)/.test(source);
