// What a page shows when there is nothing yet: one sentence, what to do, the next command or button.
import type { ReactNode } from 'react';

export interface EmptyStateProps {
  icon?: ReactNode;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}

export function EmptyState({ icon, title, children, action }: EmptyStateProps) {
  return (
    <div className="mx-auto grid max-w-[520px] justify-items-center gap-2 px-6 py-12 text-center">
      {icon !== undefined && (
        <span className="mb-1 grid size-10 place-items-center rounded-md border border-line-2 bg-surface text-text-3 [&>svg]:size-5">
          {icon}
        </span>
      )}
      <h2 className="text-14 font-strong tracking-14">{title}</h2>
      {children !== undefined && <div className="w-full text-text-2">{children}</div>}
      {action !== undefined && <div className="mt-2 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}
