// Tools and prompts: which were used most, which failed, which were dear.
import { Inject, Injectable } from '@nestjs/common';
import { durationBuckets, type DearPrompt, type ToolUsage } from '@roundhouse/protocol';
import { Prisma, type PromptUsage } from '../../generated/prisma/client.js';
import { Database } from '../../platform/database/database.js';
import { bucketTables } from '../bucket-tables.js';
import { median } from './median.js';
import { rowsOf, summed, whoseSql, type RowFilters } from './rows.repository.js';
import type { Segment, Span } from './segments.js';
import { countOf, type SummedColumns } from './usage-sum.js';

const toolsMax = 200;
type PromptRow = Record<keyof PromptUsage, unknown> & { readonly session_name: string | null };

@Injectable()
export class ToolsRepository {
  constructor(@Inject(Database) private readonly database: Database) {}

  /** The most called first. */
  async tools(segments: readonly Segment[], filters: RowFilters): Promise<ToolUsage[]> {
    const places = Array.from(
      { length: durationBuckets },
      (_, index) => `sum(b.histogram[${String(index + 1)}])`,
    );
    const rows = await this.database.client.$queryRaw<(SummedColumns & { tool: string; places: bigint[] })[]>`
      SELECT b.tool, ${summed(bucketTables.tools.counters)}, ARRAY[${Prisma.raw(places.join(', '))}]::bigint[] AS places
      ${rowsOf('tools', segments, filters)} GROUP BY b.tool HAVING sum(b.calls) > 0
      ORDER BY sum(b.calls) DESC, b.tool LIMIT ${toolsMax}`;
    return rows.map((row) => {
      const [calls, totalMs] = [countOf(row, 'calls'), countOf(row, 'duration_ms')];
      const medianMs = median(row.places.map(Number), calls > 0 ? totalMs / calls : 0);
      const [failed, rejected] = [countOf(row, 'failed'), countOf(row, 'rejected')];
      return { tool: row.tool, calls, failed, rejected, medianMs, totalMs };
    });
  }

  /** The dearest first. */
  async prompts({ from, to }: Span, filters: RowFilters, limit: number): Promise<DearPrompt[]> {
    const { model, ...whose } = filters;
    const ofModel = model === undefined ? Prisma.empty : Prisma.sql`AND b.model = ${model}`;
    const rows = await this.database.client.$queryRaw<PromptRow[]>`
      SELECT b.session_id AS "sessionId", b.epoch, b.prompt_id AS "promptId", b.at, b.model, b.profile,
        b.project_name AS "projectName", b.cost_source AS "costSource", b.characters, b.input_tokens AS "inputTokens",
        b.output_tokens AS "outputTokens", b.cache_read_tokens AS "cacheReadTokens",
        b.cache_creation_tokens AS "cacheCreationTokens", b.reasoning_tokens AS "reasoningTokens",
        b.cost_nanos AS "costNanos", b.requests, b.tool_calls AS "toolCalls", s.name AS session_name
      FROM prompt_usage b LEFT JOIN sessions s ON s.id = b.session_id
      WHERE b.at >= ${new Date(from)} AND b.at < ${new Date(to)} ${whoseSql(whose)} ${ofModel}
      ORDER BY b.cost_nanos DESC, b.input_tokens + b.output_tokens + b.cache_read_tokens + b.cache_creation_tokens DESC,
        b.session_id, b.prompt_id
      LIMIT ${limit}`;
    return rows.map(promptOf);
  }
}

const promptOf = (row: PromptRow): DearPrompt => ({
  promptId: String(row.promptId),
  sessionId: row.sessionId as DearPrompt['sessionId'],
  epoch: Number(row.epoch),
  at: (row.at as Date).toISOString(),
  model: row.model as string | null,
  tokens: {
    input: Number(row.inputTokens),
    output: Number(row.outputTokens),
    cacheRead: Number(row.cacheReadTokens),
    cacheCreation: Number(row.cacheCreationTokens),
    reasoning: Number(row.reasoningTokens),
  },
  costNanos: Number(row.costNanos),
  costSource: row.costSource as DearPrompt['costSource'],
  requests: Number(row.requests),
  toolCalls: Number(row.toolCalls),
  characters: row.characters === null ? null : Number(row.characters),
  sessionName: row.session_name,
  profile: String(row.profile),
  projectName: String(row.projectName),
});
