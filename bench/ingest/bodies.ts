// Telemetry as Claude Code 2.1 writes it, in its sizes, with new identities and times each time.
import { randomUUID } from 'node:crypto';

type Attribute = { readonly key: string; readonly value: Record<string, unknown> };

const text = (key: string, value: string): Attribute => ({ key, value: { stringValue: value } });
const int = (key: string, value: number): Attribute => ({ key, value: { intValue: value } });

export const perRequest = { input: 1200, output: 80, cacheRead: 900, cacheCreation: 300 } as const;
const nanosPerRequest = 10_325_000;

const models = ['claude-opus-4-8', 'claude-haiku-4-5', 'claude-sonnet-4-6', 'claude-fable-5'] as const;
const common = (session: string): Attribute[] => [
  text('user.id', '4e45ed159a6f64b1220bc0a0b4ecd89fa425de02a24a20dc26c04494b3892887'),
  text('session.id', session),
  text('terminal.type', 'xterm-256color'),
];
const resource = {
  attributes: [
    text('host.arch', 'amd64'),
    text('os.type', 'linux'),
    text('os.version', '6.18.44'),
    text('service.name', 'claude-code'),
    text('service.version', '2.1.197'),
  ],
};

/** Makes the bodies of one agent. */
export class Reporter {
  readonly #session = randomUUID();
  #prompt = randomUUID();
  #sequence = 0;
  #metricsAt = Date.now();

  /** `turns` times the four records of a turn: the prompt, a request, its tool's decision and result. */
  logs(turns: number): string {
    const logRecords = Array.from({ length: turns }, () => this.#turn()).flat();
    const scope = { name: 'com.anthropic.claude_code.events', version: '2.1.197' };
    return JSON.stringify({ resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords }] }] });
  }

  /** `sets` times twenty delta points: four kinds of tokens and the cost, of four models. */
  metrics(sets: number): string {
    const dataPoints = Array.from({ length: sets }, (_, set) => this.#points(set)).flat();
    const of = (cost: boolean) =>
      dataPoints.filter(({ attributes }) => attributes.some(({ key }) => key === 'type') !== cost);
    const sum = (points: object[]) => ({ aggregationTemporality: 1, isMonotonic: true, dataPoints: points });
    const metrics = [
      { name: 'claude_code.cost.usage', unit: 'USD', sum: sum(of(true)) },
      { name: 'claude_code.token.usage', unit: 'tokens', sum: sum(of(false)) },
    ];
    const scope = { name: 'com.anthropic.claude_code', version: '2.1.197' };
    return JSON.stringify({ resourceMetrics: [{ resource, scopeMetrics: [{ scope, metrics }] }] });
  }

  #turn() {
    this.#prompt = randomUUID();
    const tool = `toolu_${randomUUID()}`;
    const { input, output, cacheRead, cacheCreation } = perRequest;
    return [
      this.#record('user_prompt', [text('prompt_length', '22'), text('prompt', '<REDACTED>')]),
      this.#record('api_request', [
        text('model', models[0]),
        int('input_tokens', input),
        int('output_tokens', output),
        int('cache_read_tokens', cacheRead),
        int('cache_creation_tokens', cacheCreation),
        { key: 'cost_usd', value: { doubleValue: nanosPerRequest / 1e9 } },
        int('cost_usd_micros', nanosPerRequest / 1e3),
        int('duration_ms', 160),
        text('request_id', `req_${randomUUID()}`),
        text('speed', 'normal'),
        text('query_source', 'repl_main_thread'),
        text('effort', 'high'),
      ]),
      this.#record('tool_decision', [
        text('tool_name', 'Bash'),
        text('tool_use_id', tool),
        text('decision', 'accept'),
        text('source', 'config'),
      ]),
      this.#record('tool_result', [
        text('tool_name', 'Bash'),
        text('tool_use_id', tool),
        text('success', 'true'),
        text('duration_ms', '31'),
        int('tool_result_size_bytes', 812),
      ]),
    ];
  }

  #record(name: string, attributes: readonly Attribute[]) {
    const now = Date.now();
    this.#sequence += 1;
    return {
      timeUnixNano: `${String(now)}000000`,
      observedTimeUnixNano: `${String(now)}000000`,
      body: { stringValue: `claude_code.${name}` },
      attributes: [
        ...common(this.#session),
        text('event.name', name),
        text('event.timestamp', new Date(now).toISOString()),
        int('event.sequence', this.#sequence),
        text('prompt.id', this.#prompt),
        ...attributes,
      ],
    };
  }

  #points(set: number) {
    const start = Math.max(this.#metricsAt, Date.now() - 1_000);
    const end = start + 1 + set;
    this.#metricsAt = end;
    const times = { startTimeUnixNano: `${String(start)}000000`, timeUnixNano: `${String(end)}000000` };
    return models.flatMap((model) => {
      const shared = [
        ...common(this.#session),
        text('model', model),
        text('query_source', 'main'),
        text('effort', 'high'),
      ];
      const tokens = Object.entries(perRequest).map(([type, value]) => ({
        attributes: [...shared, text('type', type)],
        ...times,
        asDouble: value,
      }));
      return [...tokens, { attributes: shared, ...times, asDouble: nanosPerRequest / 1e9 }];
    });
  }
}
