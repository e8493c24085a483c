// The surface that groups things; Panel adds a head line.
import { cx } from 'class-variance-authority';
import type { ComponentProps, ReactNode } from 'react';

export interface CardProps extends ComponentProps<'div'> {
  /** Only waiting and danger tint the edge. */
  tone?: 'plain' | 'waiting' | 'danger';
  /** Unfilled and dashed: of an offline host. */
  ghost?: boolean;
}

const edges = { plain: 'border-line-2', waiting: 'border-waiting-line', danger: 'border-danger-line' };

export function Card({ tone = 'plain', ghost = false, className, ...rest }: CardProps) {
  return (
    <div
      className={cx(
        'min-w-0 rounded-md border',
        ghost ? 'border-dashed' : 'bg-surface shadow-card',
        edges[tone],
        className,
      )}
      {...rest}
    />
  );
}

export function PanelHead({ title, end }: { title: ReactNode; end?: ReactNode }) {
  return (
    <div className="flex min-h-10 items-center gap-2 border-b border-line px-4 py-1 font-strong">
      {title}
      <span className="ml-auto font-body">{end}</span>
    </div>
  );
}
