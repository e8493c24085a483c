// The telemetry of one session: sums of all its lives, tokens over time, models, tools, prompts, limits.
import type { Session, SessionUsageReply } from '@roundhouse/protocol';
import { useQuery } from '@tanstack/react-query';
import { ChartNoAxesColumn } from 'lucide-react';
import { useState } from 'react';
import { t } from '../../../lib/i18n/t.js';
import { Card, PanelHead } from '../../../ui/card.js';
import { perWord } from '../../../ui/chart/chart-scale.js';
import { Legend } from '../../../ui/chart/legend.js';
import { EmptyState } from '../../../ui/empty-state.js';
import { ErrorState } from '../../../ui/error-state.js';
import { Segmented } from '../../../ui/segmented.js';
import { Skeleton, SkeletonGroup } from '../../../ui/skeleton.js';
import { toBars } from '../../../lib/usage/chart-bars.js';
import { PromptTable } from '../../../ui/usage/prompt-table.js';
import { ToolTable } from '../../../ui/usage/tool-table.js';
import { BarView, kindWords } from '../../../ui/usage/bar-view.js';
import { tellsUsage, useProfile } from '../resume-word.js';
import { Limits } from './limits.js';
import { ModelTable } from './model-table.js';
import { sessionUsageQuery } from './session-usage-query.js';
import { TelemetryStats } from './telemetry-stats.js';

export function SessionTelemetry({ session }: { session: Session }) {
  const { data, error, isFetching, refetch } = useQuery(sessionUsageQuery(session));
  return (
    <section
      aria-label={t('usage.telemetry')}
      className="min-h-0 min-w-0 flex-1 scroll-thin overflow-y-auto px-6 py-5 max-sm:px-4"
    >
      {data ? (
        <Loaded session={session} usage={data} />
      ) : error ? (
        <ErrorState error={error} busy={isFetching} onRetry={() => void refetch()} />
      ) : (
        <SkeletonGroup>
          <Skeleton className="mb-3 h-[90px] rounded-md" />
          <Skeleton className="h-[300px] rounded-md" />
        </SkeletonGroup>
      )}
    </section>
  );
}

function Loaded({ session, usage }: { session: Session; usage: SessionUsageReply }) {
  const { total } = usage;
  const profile = useProfile(session);
  if (total.requests === 0 && total.tokens.output === 0 && total.workingMs === 0) {
    const tells = tellsUsage(profile);
    return (
      <EmptyState
        icon={<ChartNoAxesColumn aria-hidden="true" />}
        title={t(tells ? 'usage.notYet' : 'usage.notReported')}
      >
        {t(tells ? 'usage.notYetHint' : 'usage.notReportedHint')}
      </EmptyState>
    );
  }
  return (
    <>
      <TelemetryStats session={session} usage={usage} />
      <Tokens usage={usage} />
      <div className="mt-3 grid gap-3 lg:grid-cols-2">
        <Card>
          <ModelTable usage={usage} />
        </Card>
        <Card>
          <ToolTable items={usage.tools} />
        </Card>
        <Card>
          <PromptTable items={usage.prompts} />
        </Card>
        {usage.limits.length > 0 && (
          <Card>
            <Limits limits={usage.limits} />
          </Card>
        )}
      </div>
    </>
  );
}

function Tokens({ usage: { series } }: { usage: SessionUsageReply }) {
  const [view, setView] = useState<'chart' | 'table'>('chart');
  const bars = toBars(series, { what: 'tokens', words: kindWords(), other: t('usage.other') });
  return (
    <Card>
      <PanelHead
        title={
          <>
            {t('usage.tokens')}
            <span className="font-body text-12 text-text-3">{perWord(bars.stepMs)}</span>
          </>
        }
        end={
          <span className="flex items-center gap-4">
            <span className="flex items-center gap-4 max-md:hidden">
              {bars.lines.map(({ key, label, fill }) => (
                <Legend key={key} fill={fill}>
                  {label}
                </Legend>
              ))}
            </span>
            <Segmented
              label={t('usage.view')}
              value={view}
              onValueChange={setView}
              options={[
                { value: 'chart', label: t('usage.chart') },
                { value: 'table', label: t('usage.table') },
              ]}
            />
          </span>
        }
      />
      <div className="p-4">
        <BarView bars={bars} view={view} what="tokens" height={200} />
      </div>
    </Card>
  );
}
