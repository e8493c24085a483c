// Usage of sessions: totals are absolute, so that a repeat or an older report changes nothing.
import { Inject, Injectable } from '@nestjs/common';
import type { SessionUsage } from '@roundhouse/protocol';
import { sumUsage } from './sum-usage.js';
import { UsageRepository, type UsageColumns, type UsageTransaction } from './usage.repository.js';

@Injectable()
export class UsageService {
  constructor(@Inject(UsageRepository) private readonly repository: UsageRepository) {}

  /** Keeps the totals of one life. @returns the new sums of the session, or null when nothing changed */
  async keep(report: SessionUsage, tx: UsageTransaction): Promise<UsageColumns | null> {
    if (!(await this.repository.keep(report, tx))) return null;
    const sums = sumUsage(await this.repository.lives(report.sessionId, tx));
    return {
      inputTokens: sums.tokens.input,
      outputTokens: sums.tokens.output,
      cacheReadTokens: sums.tokens.cacheRead,
      cacheCreationTokens: sums.tokens.cacheCreation,
      reasoningTokens: sums.tokens.reasoning,
      costNanos: sums.costNanos,
      costSource: sums.costSource,
      model: sums.model,
      contextUsed: sums.context?.used ?? null,
      contextWindow: sums.context?.window ?? null,
    };
  }
}
