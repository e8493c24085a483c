// Tools by how often they were called, how long they take, how often they fail.
import type { ToolUsage } from '@roundhouse/protocol';
import { t, tn } from '../../lib/i18n/t.js';
import { PanelHead } from '../card.js';
import { Missing } from './missing.js';

const count = new Intl.NumberFormat('en-US');
const SHOWN = 8;
/** From here on a tool fails so often that one should look. */
const OFTEN = 0.05;

export interface ToolTableProps {
  items: readonly ToolUsage[] | undefined;
  error?: Error | null;
}

export function ToolTable({ items, error = null }: ToolTableProps) {
  const calls = items?.reduce((sum, each) => sum + each.calls, 0) ?? 0;
  return (
    <>
      <PanelHead
        title={t('usage.tools')}
        end={
          items && (
            <span className="nums text-12 text-text-3">
              {tn('usage.callsOf', calls, { n: count.format(calls) })}
            </span>
          )
        }
      />
      {!items && <Missing error={error} />}
      {items?.length === 0 && <p className="px-4 py-3 text-12 text-text-3">{t('usage.noTools')}</p>}
      {items && items.length > 0 && (
        <table className="w-full">
          <thead>
            <tr className="h-8 border-b border-line text-left text-12 text-text-3">
              <th className="pl-4 font-body">{t('usage.tool')}</th>
              <th className="text-right font-body">{t('usage.calls')}</th>
              <th className="text-right font-body">{t('usage.median')}</th>
              <th className="pr-4 text-right font-body">{t('usage.failed')}</th>
            </tr>
          </thead>
          <tbody>
            {items.slice(0, SHOWN).map((tool) => (
              <ToolRow key={tool.tool} tool={tool} />
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

function ToolRow({ tool: { tool, calls, failed, rejected, medianMs } }: { tool: ToolUsage }) {
  const share = calls === 0 ? 0 : failed / calls;
  return (
    <tr className="h-[34px] border-b border-line last:border-0">
      <td className="max-w-40 truncate pl-4 font-medium" title={tool}>
        {tool}
      </td>
      <td className="nums text-right" title={rejected > 0 ? t('usage.rejected', { n: rejected }) : undefined}>
        {count.format(calls)}
      </td>
      <td className="nums text-right text-text-2">
        {medianMs === null
          ? '—'
          : medianMs < 1000
            ? `${Math.round(medianMs)} ms`
            : `${(medianMs / 1000).toFixed(1)} s`}
      </td>
      <td
        className={share >= OFTEN ? 'nums pr-4 text-right text-danger' : 'nums pr-4 text-right text-text-2'}
      >
        {(share * 100).toFixed(1)}%
      </td>
    </tr>
  );
}
