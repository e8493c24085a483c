// What agents report over OTLP, as a test says it: requests with their tools, counters, and what they come to.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Session } from '@roundhouse/protocol';
import { inRepository } from './paths.js';

/** What claude's telemetry means stands in its profile: that section of it, for another program. */
export function claudeTelemetry(): string {
  const claude = readFileSync(inRepository('profiles/claude.yaml'), 'utf8');
  const section = /^telemetry:\n(?:(?: .*| *#.*)?\n)+/m.exec(claude)?.[0];
  if (section === undefined) throw new Error('claude.yaml has no telemetry');
  return section;
}

/** Where the agent of a session sends its telemetry: it stands in its environment. */
export function endpointOf({ pid }: Session): string {
  const environment = readFileSync(`/proc/${String(pid)}/environ`, 'utf8').split('\0');
  const entry = environment.find((text) => text.startsWith('OTEL_EXPORTER_OTLP_ENDPOINT='));
  if (entry === undefined) throw new Error('the agent was given no endpoint');
  return entry.slice(entry.indexOf('=') + 1);
}

/** Until it is taken, as exporters do: what was stored before the answer was lost comes again. */
export async function deliver(url: string, body: object): Promise<void> {
  for (;;) {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(5_000),
    }).catch(() => null);
    if (answer?.ok) return;
    if (answer && answer.status >= 400 && answer.status < 500 && answer.status !== 429) {
      throw new Error(`${url}: ${String(answer.status)} ${await answer.text()}`);
    }
    await sleep(100);
  }
}

export interface AgentRequest {
  readonly id: string;
  readonly at: number;
  readonly model: string;
  readonly tokens: readonly [input: number, output: number, cacheRead: number, cacheCreation: number];
  readonly costNanos: number;
  readonly failed: boolean;
}

const value = (one: string | number) =>
  typeof one === 'string' ? { stringValue: one } : { doubleValue: one };
const attributes = (values: Readonly<Record<string, string | number>>) =>
  Object.entries(values).map(([key, one]) => ({ key, value: value(one) }));

/** A request of the agent, and the tool that it asked for. */
function records({ id, at, model, tokens, costNanos, failed }: AgentRequest) {
  const [input, output, cacheRead, cacheCreation] = tokens;
  const record = (name: string, values: Readonly<Record<string, string | number>>) => ({
    timeUnixNano: `${String(at)}000000`,
    body: { stringValue: `claude_code.${name}` },
    attributes: attributes({ 'event.name': name, ...values }),
  });
  return [
    record('api_request', {
      ...{ model, input_tokens: input, output_tokens: output, cache_read_tokens: cacheRead },
      ...{
        cache_creation_tokens: cacheCreation,
        cost_usd: costNanos / 1e9,
        request_id: id,
        query_source: 'sdk',
      },
    }),
    record('tool_result', {
      ...{
        tool_name: 'Bash',
        success: failed ? 'false' : 'true',
        duration_ms: '5',
        tool_use_id: `tool-${id}`,
      },
    }),
  ];
}

export const logs = (requests: readonly AgentRequest[]) => ({
  resourceLogs: [
    {
      resource: { attributes: [] },
      scopeLogs: [
        { scope: { name: 'com.anthropic.claude_code.events' }, logRecords: requests.flatMap(records) },
      ],
    },
  ],
});

export function ledgerOf(requests: readonly AgentRequest[]) {
  const add = (of: (request: AgentRequest) => number): number =>
    requests.reduce((sum, one) => sum + of(one), 0);
  return {
    tokens: {
      ...{ input: add(({ tokens }) => tokens[0]), output: add(({ tokens }) => tokens[1]) },
      ...{ cacheRead: add(({ tokens }) => tokens[2]), cacheCreation: add(({ tokens }) => tokens[3]) },
      reasoning: 0,
    },
    costNanos: add(({ costNanos }) => costNanos),
  };
}

export const counter = (startMs: number, atMs: number, count: number) => ({
  resourceMetrics: [
    {
      resource: { attributes: [] },
      scopeMetrics: [
        {
          scope: { name: 'fake' },
          metrics: [
            {
              name: 'fake.token.usage',
              unit: 'tokens',
              sum: {
                ...{ aggregationTemporality: 2, isMonotonic: true },
                dataPoints: [
                  {
                    ...{
                      startTimeUnixNano: `${String(startMs)}000000`,
                      timeUnixNano: `${String(atMs)}000000`,
                    },
                    ...{ asInt: String(count), attributes: attributes({ type: 'input', model: 'fake-1' }) },
                  },
                ],
              },
            },
          ],
        },
      ],
    },
  ],
});
