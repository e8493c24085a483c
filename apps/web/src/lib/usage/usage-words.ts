// How sums are compared and described. Pure.
import type { UsageSum } from '@roundhouse/protocol';

export const allTokens = ({ tokens }: Pick<UsageSum, 'tokens'>): number =>
  tokens.input + tokens.output + tokens.cacheRead + tokens.cacheCreation;

/** `▲ 12%`, `▼ 3%`, `±0%`, `▲ ×14`; null when there is nothing to compare with. */
export function changeOf(now: number, before: number): string | null {
  if (before === 0) return null;
  const share = now / before - 1;
  if (share >= 9.5) return `▲ ×${Math.round(share + 1)}`;
  const percent = Math.round(Math.abs(share) * 100);
  return percent === 0 ? '±0%' : `${share > 0 ? '▲' : '▼'} ${percent}%`;
}
