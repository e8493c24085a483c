// One block of the side panel: a title line and what belongs to it.
import type { ReactNode } from 'react';

export interface SectionProps {
  title: string;
  end?: ReactNode;
  children: ReactNode;
}

export function Section({ title, end, children }: SectionProps) {
  return (
    <section aria-label={title} className="grid gap-2.5 border-b border-line px-4 pt-2.5 pb-4">
      <div className="flex min-h-7 items-center gap-2">
        <h3 className="font-strong">{title}</h3>
        <span className="ml-auto">{end}</span>
      </div>
      {children}
    </section>
  );
}
