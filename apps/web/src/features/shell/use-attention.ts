// Carries the number of waiting sessions into the document title and the favicon.
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { underBase } from '../../lib/base-path.js';
import { t } from '../../lib/i18n/t.js';
import { pageTitle } from '../../lib/page-title.js';
import { sessionsQuery } from '../../lib/query.js';
import { sessionStatus } from '../../lib/status.js';
import { useStore } from '../../lib/store.js';

export function useAttention(): number {
  const { data } = useQuery(sessionsQuery);
  const title = useStore(pageTitle);
  const waiting = (data?.items ?? []).filter((session) => sessionStatus(session) === 'waiting').length;
  useEffect(() => {
    const full = title === '' ? 'Roundhouse' : `${title} · Roundhouse`;
    document.title = waiting > 0 ? t('shell.titleWaiting', { n: waiting, title: full }) : full;
  }, [title, waiting]);
  useEffect(() => {
    const icon = document.querySelector('link[rel="icon"]');
    icon?.setAttribute('href', underBase(waiting > 0 ? '/favicon-waiting.svg' : '/favicon.svg'));
  }, [waiting]);
  return waiting;
}
