// Every error with its cure, also for those who are not signed in. An address names a code: /help/errors#NO_SPACE.
import { Link, useLocation } from '@tanstack/react-router';
import { cx } from 'class-variance-authority';
import { Search, SearchX } from 'lucide-react';
import { useEffect, useState } from 'react';
import { helpEn } from '../../lib/i18n/en/help.js';
import { addWords, t, tn } from '../../lib/i18n/t.js';
import { pageTitle } from '../../lib/page-title.js';
import { Badge } from '../../ui/badge.js';
import { Callout } from '../../ui/banner.js';
import { Button } from '../../ui/button.js';
import { Card, PanelHead } from '../../ui/card.js';
import { EmptyState } from '../../ui/empty-state.js';
import { Input } from '../../ui/input.js';
import { Brand } from '../../ui/mark.js';
import { codeOfHash, helpTopics, searchRows, type HelpRow } from './search-rows.js';

addWords(helpEn);

/** @param all every row, which the route has loaded */
export function ErrorHelpPage({ all }: { all: readonly HelpRow[] }) {
  const hash = useLocation({ select: (location) => location.hash });
  const [text, setText] = useState('');
  const code = codeOfHash(all, hash);
  const rows = searchRows(all, text);
  useEffect(() => {
    pageTitle.set(code ?? t('help.title'));
    if (code !== null) document.getElementById(code)?.scrollIntoView({ block: 'center' });
  }, [code]);
  return (
    <div className="h-dvh scroll-thin overflow-y-auto">
      <header className="mx-auto flex max-w-[860px] items-center gap-3 px-6 py-4 max-sm:px-4">
        <Brand size={22} />
        <span className="ml-auto" />
        <Button asChild>
          <Link to="/">{t('help.toApp')}</Link>
        </Button>
      </header>
      <main className="mx-auto grid max-w-[860px] gap-4 px-6 pb-16 max-sm:px-4">
        <div>
          <h1 className="text-20 font-strong tracking-20">{t('help.title')}</h1>
          <p className="mt-1 text-text-2">{t('help.intro')}</p>
        </div>
        {hash !== '' && code === null && <Callout>{t('help.unknown', { code: hash.slice(0, 60) })}</Callout>}
        <div className="flex flex-wrap items-center gap-3">
          <div className="w-[300px] max-sm:w-full">
            <Input
              type="search"
              aria-label={t('help.search')}
              placeholder={t('help.search')}
              lead={<Search aria-hidden="true" />}
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          </div>
          <span role="status" className="ml-auto text-12 text-text-3">
            {tn('help.count', rows.length)}
          </span>
        </div>
        {rows.length === 0 && (
          <EmptyState icon={<SearchX aria-hidden="true" />} title={t('help.nothing')}>
            {t('help.nothingHint')}
          </EmptyState>
        )}
        {helpTopics.map((topic) => {
          const shown = rows.filter((row) => row.topic === topic);
          return (
            shown.length > 0 && (
              <section key={topic} aria-labelledby={`help-${topic}`}>
                <Card>
                  <PanelHead title={<h2 id={`help-${topic}`}>{t(`help.topic.${topic}`)}</h2>} />
                  <ul className="divide-y divide-line">
                    {shown.map((row) => (
                      <Row key={row.code} row={row} isAsked={row.code === code} />
                    ))}
                  </ul>
                </Card>
              </section>
            )
          );
        })}
      </main>
    </div>
  );
}

function Row({ row, isAsked }: { row: HelpRow; isAsked: boolean }) {
  const { code, title, cure, status, retryable } = row;
  return (
    <li
      id={code}
      aria-current={isAsked ? 'true' : undefined}
      className={cx('grid gap-1 px-4 py-3', isAsked && 'bg-accent-soft shadow-[inset_3px_0_0_var(--accent)]')}
    >
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <a
          href={`#${code}`}
          className="mono text-12 font-medium wrap-anywhere text-text hover:text-accent hover:underline"
        >
          {code}
        </a>
        {retryable && <Badge>{t('help.retryable')}</Badge>}
        {status !== null && <span className="nums text-12 text-text-3">HTTP {status}</span>}
      </div>
      <p className="text-text-2">{title}</p>
      <p className="font-medium">{cure}</p>
    </li>
  );
}
