// Why a session is in its state: what is asked, the signs that led there, the last changes. Loaded when first opened.
import type { ActivityExplanation, Session } from '@roundhouse/protocol';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { cx } from 'class-variance-authority';
import type { ReactElement } from 'react';
import { askedLine, stateWord } from '../../lib/activity-words.js';
import { t } from '../../lib/i18n/t.js';
import { sessionStatus } from '../../lib/status.js';
import { ErrorNote } from '../../ui/error-note.js';
import { Popover } from '../../ui/popover.js';
import { Elapsed } from '../../ui/relative-time.js';
import { StateGlyph } from '../../ui/state-glyph.js';
import { explainQuery } from './explain-query.js';

/** Changes that are shown. */
const SHOWN = 8;

export interface ExplainPopoverProps {
  session: Session;
  trigger: ReactElement;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export function ExplainPopover({ session, ...popover }: ExplainPopoverProps) {
  return (
    <Popover label={t('session.explain')} {...popover}>
      <Why session={session} />
    </Popover>
  );
}

function Why({ session }: { session: Session }) {
  const { data, error } = useQuery({ ...explainQuery(session), placeholderData: keepPreviousData });
  const { activity } = session;
  if (activity === null) return null;
  const asked = askedLine(activity);
  return (
    <div className="grid w-[min(26rem,calc(100vw-40px))] gap-3 text-12">
      <div className="grid gap-1">
        <h2 className="flex items-center gap-2 text-13 font-strong">
          <StateGlyph kind={sessionStatus(session)} />
          {stateWord(session)}
          <span className="nums ml-auto font-body text-text-3">
            <Elapsed from={activity.since} />
          </span>
        </h2>
        {asked !== null && (
          <p className="mono line-clamp-6 break-words text-text" title={asked}>
            {asked}
          </p>
        )}
        <p className="break-words text-text-2">{activity.why}</p>
      </div>
      {error && <ErrorNote error={error} />}
      {data?.explanation === null && <p className="text-text-3">{t('session.explainNone')}</p>}
      {data?.explanation && <Signs explanation={data.explanation} />}
    </div>
  );
}

function Signs({ explanation }: { explanation: ActivityExplanation }) {
  return (
    <>
      <section className="grid gap-1" aria-label={t('session.signs')}>
        <h3 className="text-text-3">{t('session.signs')}</h3>
        <ul className="grid gap-1">
          {explanation.signs.map(({ source, kinds, why, since, overruled }) => (
            <li key={source} className="grid grid-cols-[5.5rem_minmax(0,1fr)_auto] gap-x-2">
              <span className="text-text-3">{t(`session.sign.${source}`)}</span>
              <span className={cx('min-w-0 break-words', overruled !== null && 'text-text-3 line-through')}>
                {kinds.map((kind) => t(`status.${kind}`)).join(' / ')}
              </span>
              <span className="nums text-text-3">
                <Elapsed from={since} />
              </span>
              <span
                className="col-start-2 col-end-4 line-clamp-2 min-w-0 break-words text-text-3"
                title={why}
              >
                {overruled === null ? why : t('session.overruled', { why, by: overruled })}
              </span>
            </li>
          ))}
        </ul>
      </section>
      <section className="grid gap-1" aria-label={t('session.changes')}>
        <h3 className="text-text-3">{t('session.changes')}</h3>
        <ol className="grid gap-0.5">
          {explanation.changes.slice(0, SHOWN).map(({ at, kind, why }) => (
            <li key={`${at} ${kind}`} className="flex min-w-0 items-center gap-2">
              <StateGlyph kind={kind} size={10} />
              <span className="shrink-0">{t(`status.${kind}`)}</span>
              <span className="min-w-0 truncate text-text-3" title={why}>
                {why}
              </span>
              <span className="nums ml-auto shrink-0 text-text-3">
                <Elapsed from={at} />
              </span>
            </li>
          ))}
        </ol>
      </section>
    </>
  );
}
