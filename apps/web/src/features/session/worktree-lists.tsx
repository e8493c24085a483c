// What a worktree holds that is nowhere else: changed files, new files, commits; each list can be opened.
import type { WorktreeStatus } from '@roundhouse/protocol';
import { ChevronRight } from 'lucide-react';
import { t, tn } from '../../lib/i18n/t.js';

/** Lines of one list that are shown; the count says how many there are. */
const SHOWN = 50;

const kinds = ['dirty', 'untracked', 'unmerged'] as const;
const texts = {
  dirty: 'session.dirty',
  untracked: 'session.untracked',
  unmerged: 'session.unmerged',
} as const;

export function WorktreeLists({ status, open = false }: { status: WorktreeStatus; open?: boolean }) {
  const { ignored } = status.counts;
  return (
    <div className="grid gap-1 text-12">
      {kinds.map((kind) => (
        <FileList
          key={kind}
          title={tn(texts[kind], status.counts[kind])}
          items={status[kind]}
          count={status.counts[kind]}
          open={open}
        />
      ))}
      {ignored > 0 && <p className="pl-[18px] text-text-3">{tn('session.ignored', ignored)}</p>}
    </div>
  );
}

interface FileListProps {
  title: string;
  items: readonly string[];
  count: number;
  open: boolean;
}

function FileList({ title, items, count, open }: FileListProps) {
  if (count === 0) return null;
  const shown = items.slice(0, SHOWN);
  return (
    <details open={open} className="group">
      <summary className="flex min-h-6 cursor-default list-none items-center gap-1.5 rounded-xs font-medium text-text-2 hover:text-text pointer-coarse:min-h-11">
        <ChevronRight className="size-3 text-text-3 group-open:rotate-90" aria-hidden="true" />
        {title}
      </summary>
      <ul className="mono max-h-48 scroll-thin overflow-auto py-1 pl-[18px] text-text-2" tabIndex={0}>
        {shown.map((item) => (
          <li key={item} className="truncate" title={item}>
            {item}
          </li>
        ))}
        {count > shown.length && (
          <li className="text-text-3">{t('session.listMore', { n: count - shown.length })}</li>
        )}
      </ul>
    </details>
  );
}
