// The prompts that cost most. Their text is never known here: when, where, how long, what it led to.
import type { DearPrompt } from '@roundhouse/protocol';
import { Link } from '@tanstack/react-router';
import { formatTokens } from '../../lib/format.js';
import { t } from '../../lib/i18n/t.js';
import { PanelHead } from '../card.js';
import { Money } from '../money.js';
import { RelativeTime } from '../relative-time.js';
import { Skeleton } from '../skeleton.js';
import { allTokens } from '../../lib/usage/usage-words.js';

export interface PromptTableProps {
  items: readonly DearPrompt[] | undefined;
  /** With the session that each belongs to. */
  withSession?: boolean;
}

const SHOWN = 7;

export function PromptTable({ items, withSession = false }: PromptTableProps) {
  return (
    <>
      <PanelHead
        title={t('usage.prompts')}
        end={<span className="text-12 text-text-3">{t('usage.promptsHint')}</span>}
      />
      {!items && <Skeleton className="m-4 h-40" />}
      {items?.length === 0 && <p className="px-4 py-3 text-12 text-text-3">{t('usage.noPrompts')}</p>}
      <ol className="grid px-4 py-1">
        {items?.slice(0, SHOWN).map((prompt) => (
          <li
            key={`${prompt.sessionId}${prompt.promptId}`}
            className="flex min-h-9 min-w-0 items-center gap-3 border-b border-line text-12 last:border-0"
          >
            <span className="min-w-0 flex-1 truncate">
              {withSession && (
                <Link
                  to="/sessions/$id"
                  params={{ id: prompt.sessionId }}
                  className="mr-2 rounded-xs text-13 font-medium hover:underline"
                >
                  {prompt.sessionName ?? prompt.projectName}
                </Link>
              )}
              <span className="text-text-3">
                <RelativeTime at={prompt.at} />
                {prompt.characters !== null && <> · {t('usage.characters', { n: prompt.characters })}</>}
              </span>
            </span>
            <span className="nums text-text-3">{formatTokens(allTokens(prompt))}</span>
            <Money nanos={prompt.costNanos} source={prompt.costSource} className="text-13 font-medium" />
          </li>
        ))}
      </ol>
    </>
  );
}
