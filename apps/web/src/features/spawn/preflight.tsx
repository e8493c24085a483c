// Whether what the form says would work, asked of the host as it changes: what is wrong, and what to do about it.
import { routes, type McpServer, type PreflightCheck } from '@roundhouse/protocol';
import { useQuery } from '@tanstack/react-query';
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

/** What an answer is about: that to another choice would mislead. */
const about = ({ hostId, profile, project }: PreflightQuestion): string =>
  JSON.stringify([hostId, profile, project]);
const parsed = (text: string): PreflightQuestion => JSON.parse(text) as PreflightQuestion;
const aboutSame = (text: unknown, question: PreflightQuestion | null): boolean =>
  typeof text === 'string' && question !== null && about(parsed(text)) === about(question);

/** Asks once the form stands still. */
export function usePreflight(question: PreflightQuestion | null): PreflightState {
  const settled = useSettled(question);
  const { data, isFetching } = useQuery({
    queryKey: ['preflight', settled],
    queryFn: ({ signal }) => {
      const body = bodyOf(parsed(settled ?? '{}'));
      return call(routes.sessions.preflight, { body, signal, timeoutMs: TIMEOUT_MS });
    },
    enabled: settled !== null,
    staleTime: FRESH_MS,
    placeholderData: (before, query) => (aboutSame(query?.queryKey[1], question) ? before : undefined),
    retry: false,
  });
  const fits = aboutSame(settled, question);
  return {
    answered: fits && data !== undefined,
    asking: question !== null && (isFetching || !fits),
    checks: fits ? (data?.checks ?? []) : [],
    mcp: fits ? (data?.mcp ?? []) : [],
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
      {(asking || told.length === 0) && (
        <p className="flex min-h-[18px] items-center gap-1.5 text-12 text-text-3">
          {asking ? <Spinner size={10} /> : <CircleCheck className="size-3.5" aria-hidden="true" />}
          {t(asking ? 'spawn.preflightAsking' : 'spawn.preflightOk')}
        </p>
      )}
      {!asking && mcp.length > 0 && <McpServers servers={mcp} />}
    </div>
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
