// Whether what the form says would work, asked of the host as it changes: what is wrong, and what to do about it.
import { routes, type McpServer, type PreflightCheck } from '@roundhouse/protocol';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { CircleAlert, CircleCheck, TriangleAlert } from 'lucide-react';
import { useEffect, useState } from 'react';
import { call } from '../../lib/api.js';
import { t } from '../../lib/i18n/t.js';
import { McpServers } from '../../ui/mcp-servers.js';
import { Spinner } from '../../ui/spinner.js';
import type { SpawnBody } from './spawn-rules.js';

/** ms: typing pauses for so long before the host is asked. */
const SETTLE_MS = 400;
/** A program's version may take its time on a slow disk. */
const TIMEOUT_MS = 30_000;
const FRESH_MS = 15_000;

export type PreflightQuestion = Pick<
  SpawnBody,
  'hostId' | 'profile' | 'project' | 'worktree' | 'options' | 'confirmBypass'
>;

export interface PreflightState {
  /** False: there is nothing to ask yet, or the host could not answer. */
  answered: boolean;
  asking: boolean;
  checks: readonly PreflightCheck[];
  mcp: readonly McpServer[];
}

/** Asks once the form stands still. */
export function usePreflight(question: PreflightQuestion | null): PreflightState {
  const settled = useSettled(question);
  const { data, isFetching } = useQuery({
    queryKey: ['preflight', settled],
    queryFn: ({ signal }) => {
      const body = bodyOf(JSON.parse(settled ?? '{}') as PreflightQuestion);
      return call(routes.sessions.preflight, { body, signal, timeoutMs: TIMEOUT_MS });
    },
    enabled: settled !== null,
    staleTime: FRESH_MS,
    placeholderData: keepPreviousData,
    retry: false,
  });
  const asked = settled !== null;
  return {
    answered: asked && data !== undefined,
    asking: asked && isFetching,
    checks: asked ? (data?.checks ?? []) : [],
    mcp: asked ? (data?.mcp ?? []) : [],
  };
}

function bodyOf({ hostId, profile, project, worktree, options, confirmBypass }: PreflightQuestion) {
  const chosen = { ...(options ? { options } : {}), ...(confirmBypass ? { confirmBypass } : {}) };
  return { hostId, profile, project, worktree, ...chosen };
}

export function Preflight({
  answered,
  asking,
  checks,
  mcp,
  trusting,
}: PreflightState & { trusting: boolean }) {
  if (!answered && !asking) return null;
  // What the form asks for itself need not be said twice.
  const told = checks.filter(({ name, state }) => state !== 'ok' && !(trusting && name === 'trust'));
  return (
    <div role="status" className="grid min-w-0 gap-2 border-t border-line pt-4">
      {told.map((check) => (
        <Check key={check.name} check={check} />
      ))}
      <p className="flex min-h-[18px] items-center gap-1.5 text-12 text-text-3">
        {asking ? <Spinner size={10} /> : <Verdict checks={told} />}
        {asking && t('spawn.preflightAsking')}
      </p>
      {!asking && mcp.length > 0 && <McpServers servers={mcp} />}
    </div>
  );
}

function Verdict({ checks }: { checks: readonly PreflightCheck[] }) {
  if (checks.length > 0) return null;
  return (
    <>
      <CircleCheck className="size-3.5 text-text-3" aria-hidden="true" />
      {t('spawn.preflightOk')}
    </>
  );
}

function Check({ check: { name, state, message, fix } }: { check: PreflightCheck }) {
  const Icon = state === 'failed' ? CircleAlert : TriangleAlert;
  return (
    <div className="flex min-w-0 items-start gap-2 text-12">
      <Icon
        className={
          state === 'failed' ? 'mt-0.5 size-3.5 shrink-0 text-danger' : 'mt-0.5 size-3.5 shrink-0 text-text-2'
        }
        aria-hidden="true"
      />
      <div className="min-w-0 [overflow-wrap:anywhere]">
        <p>
          <span className="font-medium">{t(`spawn.check.${name}`)}: </span>
          {message}
        </p>
        {fix !== null && <p className="text-text-2">{fix}</p>}
      </div>
    </div>
  );
}

/** The question as text once it stood still; null while there is none. */
function useSettled(question: PreflightQuestion | null): string | null {
  const text = question === null ? null : JSON.stringify(question);
  const [settled, setSettled] = useState<string | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return text === null ? null : settled;
}
