// The prompts that cost most. Their text is never known here: when, where, how long, what it led to.
import type { DearPrompt } from '@roundhouse/protocol';
import { Link } from '@tanstack/react-router';
import { formatTokens } from '../../lib/format.js';
import { t } from '../../lib/i18n/t.js';
import { PanelHead } from '../card.js';
import { Money } from '../money.js';
import { RelativeTime } from '../relative-time.js';
import { Missing } from './missing.js';
import { allTokens } from '../../lib/usage/usage-words.js';

export interface PromptTableProps {
  items: readonly DearPrompt[] | undefined;
  error?: Error | null;
  /** With the session that each belongs to. */
  withSession?: boolean;
}

const SHOWN = 7;
const count = new Intl.NumberFormat('en-US');
const lengthOf = (n: number): string => t('usage.characters', { n: count.format(n) });

export function PromptTable({ items, error = null, withSession = false }: PromptTableProps) {
  return (
    <>
      <PanelHead
        title={t('usage.prompts')}
        end={<span className="text-12 text-text-3">{t('usage.promptsHint')}</span>}
      />
      {!items && <Missing error={error} />}
      {items?.length === 0 && <p className="px-4 py-3 text-12 text-text-3">{t('usage.noPrompts')}</p>}
      <ol className="grid px-4 py-1">
        {items?.slice(0, SHOWN).map((prompt) => (
          <li
            key={`${prompt.sessionId}${prompt.promptId}`}
            className="flex min-h-9 min-w-0 items-center gap-3 border-b border-line text-12 last:border-0"
          >
            {withSession && (
              <Link
                to="/sessions/$id"
                params={{ id: prompt.sessionId }}
                title={prompt.sessionName ?? prompt.projectName}
                className="touch-target min-w-0 flex-1 truncate rounded-xs text-13 font-medium hover:underline"
              >
                {prompt.sessionName ?? prompt.projectName}
              </Link>
            )}
            <span
              className={withSession ? 'shrink-0 text-text-3' : 'min-w-0 flex-1 truncate text-text-3'}
              title={prompt.characters === null ? undefined : lengthOf(prompt.characters)}
            >
              <RelativeTime at={prompt.at} />
              {!withSession && prompt.characters !== null && <> · {lengthOf(prompt.characters)}</>}
            </span>
            <span className="nums min-w-10 text-right text-text-3">{formatTokens(allTokens(prompt))}</span>
            <Money
              nanos={prompt.costNanos}
              source={prompt.costSource}
              className="min-w-14! text-13 font-medium"
            />
          </li>
        ))}
      </ol>
    </>
  );
}
