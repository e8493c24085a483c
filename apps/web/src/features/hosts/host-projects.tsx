// The projects of a host as a tree: repositories, their linked worktrees, and which of them are trusted.
import type { Host, ProjectInfo } from '@roundhouse/protocol';
import { FolderGit2, GitBranch, Search, Split } from 'lucide-react';
import { useState } from 'react';
import { t, tn } from '../../lib/i18n/t.js';
import { Button } from '../../ui/button.js';
import { Input } from '../../ui/input.js';
import { projectTree } from './host-facts.js';
import { askHost } from './host-ask.js';

/** Repositories drawn at once; the field above narrows the rest. */
const SHOWN = 60;

export function HostProjects({ host }: { host: Host }) {
  const [query, setQuery] = useState('');
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = ({ path }: ProjectInfo): boolean => words.every((word) => path.toLowerCase().includes(word));
  const tree = projectTree(host.projects).filter(
    ({ project, worktrees }) => fits(project) || worktrees.some(fits),
  );
  if (host.projects.length === 0) {
    const words = t(host.scannedAt === null ? 'hosts.unknown' : 'hosts.noProjects');
    return <p className="text-12 text-text-3">{words}</p>;
  }
  return (
    <>
      {host.projects.length > 8 && (
        <div className="mb-2">
          <Input
            role="searchbox"
            aria-label={t('hosts.findProject')}
            placeholder={t('hosts.findProject')}
            lead={<Search aria-hidden="true" />}
            value={query}
            onChange={(event) => setQuery(event.target.value)}
          />
        </div>
      )}
      <ul>
        {tree.slice(0, SHOWN).map(({ project, worktrees }) => (
          <li key={project.path} className="border-b border-line last:border-b-0">
            <ProjectRow host={host} project={project} />
            {worktrees.length > 0 && (
              <ul className="pb-1 pl-5">
                {worktrees.map((worktree) => (
                  <li
                    key={worktree.path}
                    title={worktree.path}
                    className="flex h-6 min-w-0 items-center gap-1.5"
                  >
                    <Split className="size-3 text-text-3" aria-hidden="true" />
                    <span className="sr-only">{t('hosts.worktreeOf')}</span>
                    <span className="mono min-w-0 truncate text-text-3">
                      {worktree.branch ?? worktree.name}
                    </span>
                  </li>
                ))}
              </ul>
            )}
          </li>
        ))}
      </ul>
      {tree.length > SHOWN && (
        <p className="mt-2 text-12 text-text-3">{tn('hosts.moreProjects', tree.length - SHOWN)}</p>
      )}
    </>
  );
}

function ProjectRow({ host, project }: { host: Host; project: ProjectInfo }) {
  const { name, branch, path, trusted } = project;
  return (
    <div className="flex min-h-10 min-w-0 items-center gap-2">
      <FolderGit2 className="size-3.5 text-text-3" aria-hidden="true" />
      <div className="min-w-0 flex-1" title={path}>
        <div className="flex min-w-0 items-center gap-1.5">
          <span className="truncate font-medium">{name}</span>
          {branch !== null && (
            <>
              <GitBranch className="size-3 text-text-3" aria-hidden="true" />
              <span className="mono min-w-0 truncate text-text-3">{branch}</span>
            </>
          )}
        </div>
        <div className="mono truncate text-text-3">{path}</div>
      </div>
      {trusted ? (
        <span className="text-12 text-text-3">{t('hosts.trusted')}</span>
      ) : (
        <Button
          size="sm"
          aria-label={t('hosts.trustProject', { name })}
          onClick={() => askHost({ what: 'trust', host, project })}
        >
          {t('hosts.trust')}
        </Button>
      )}
    </div>
  );
}
