// Agent · project ⎇ branch, with links to the repository where its address is known.
import type { Session } from '@roundhouse/protocol';
import { cx } from 'class-variance-authority';
import { GitBranch } from 'lucide-react';
import type { ReactNode } from 'react';
import { t } from '../../lib/i18n/t.js';
import { remoteLinks } from './session-text.js';

/** Over the card's own link. */
const above = 'relative z-10 rounded-xs hover:text-text hover:underline';

interface OutProps {
  href: string | null | undefined;
  label: string;
  className: string;
  children: ReactNode;
}

function Out({ href, label, className, children }: OutProps) {
  if (href === null || href === undefined) return <span className={className}>{children}</span>;
  return (
    <a href={href} target="_blank" rel="noreferrer" title={label} className={cx(className, above)}>
      {children}
    </a>
  );
}

export function ProjectRef({ session }: { session: Session }) {
  const links = remoteLinks(session);
  const { branch, projectName, worktree } = session;
  return (
    <span className="flex min-w-0 items-center gap-1.5 text-text-3">
      <Out
        href={links?.repository}
        label={t('fleet.remote', { site: links?.site ?? '' })}
        className="mono max-w-[18ch] shrink-0 truncate text-text-2"
      >
        {projectName}
      </Out>
      {branch !== null && (
        <>
          <GitBranch className="size-3" aria-hidden="true" />
          <Out
            href={links?.branch}
            label={t('fleet.branchOn', { branch, site: links?.site ?? '' })}
            className="mono min-w-0 truncate"
          >
            {branch}
          </Out>
          {worktree && <span className="sr-only">{t('fleet.worktree')}</span>}
        </>
      )}
    </span>
  );
}
