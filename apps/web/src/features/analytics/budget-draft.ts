// A budget as it is typed: amounts as text, what is wrong with them, and the terms that they make. Pure.
import type { BudgetAction, BudgetPeriod, BudgetScope, BudgetTerms } from '@roundhouse/protocol';
import { t } from '../../lib/i18n/t.js';

export interface BudgetDraft {
  readonly scope: BudgetScope;
  /** Empty for `all`, and until one is chosen. */
  readonly scopeKey: string;
  readonly period: BudgetPeriod;
  readonly dollars: string;
  readonly tokens: string;
  readonly action: BudgetAction;
}

export const emptyDraft: BudgetDraft = {
  ...{ scope: 'all', scopeKey: '', period: 'day', dollars: '', tokens: '', action: 'warn' },
};

export type BudgetErrors = Partial<Record<'scopeKey' | 'dollars' | 'tokens', string>>;

const NANOS_PER_CENT = 10_000_000;
const units = { '': 1, k: 1_000, m: 1_000_000, b: 1_000_000_000 } as const;
/** What the hub takes: a million dollars in nanos, as many tokens. */
const MOST = 1_000_000_000_000_000;

/** Nano-dollars of `5`, `0.50` or `$1,000`; null when it is no amount. */
export function parseDollars(text: string): number | null {
  const match = /^\$?(\d{1,9})(?:\.(\d{1,2}))?$/.exec(text.trim().replaceAll(',', ''));
  if (!match) return null;
  const cents = Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'));
  return inRange(cents * NANOS_PER_CENT);
}

/** Tokens of `200000`, `200k`, `1.5M` or `2B`; null when it is no number. */
export function parseTokens(text: string): number | null {
  const match = /^(\d{1,15}(?:\.\d{1,6})?)\s*([kmb]?)$/i.exec(text.trim().replaceAll(',', ''));
  if (!match) return null;
  const unit = units[(match[2] ?? '').toLowerCase() as keyof typeof units];
  return inRange(Math.round(Number(match[1]) * unit));
}

const inRange = (amount: number): number | null => (amount > 0 && amount <= MOST ? amount : null);

export function checkBudget(draft: BudgetDraft): BudgetErrors {
  const { scope, scopeKey, dollars, tokens } = draft;
  const [noDollars, noTokens] = [dollars.trim() === '', tokens.trim() === ''];
  return {
    ...(scope !== 'all' && scopeKey === '' ? { scopeKey: t('usage.budget.keyMissing') } : {}),
    ...(noDollars && noTokens ? { dollars: t('usage.budget.limitMissing') } : {}),
    ...(!noDollars && parseDollars(dollars) === null ? { dollars: t('usage.budget.dollarsBad') } : {}),
    ...(!noTokens && parseTokens(tokens) === null ? { tokens: t('usage.budget.tokensBad') } : {}),
  };
}

/** Of a draft without errors. */
export const termsOf = ({ scope, scopeKey, period, dollars, tokens, action }: BudgetDraft): BudgetTerms => ({
  ...{ scope, scopeKey: scope === 'all' ? null : scopeKey, period, action },
  ...{ limitNanos: parseDollars(dollars), limitTokens: parseTokens(tokens) },
});
