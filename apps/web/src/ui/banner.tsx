// A line across the page or a panel: something is not as it should be, and what can be done.
import { cx } from 'class-variance-authority';
import { CircleAlert, Info, WifiOff } from 'lucide-react';
import type { ReactNode } from 'react';

export interface BannerProps {
  tone?: 'neutral' | 'danger';
  icon?: 'info' | 'alert' | 'offline';
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}

const icons = { info: Info, alert: CircleAlert, offline: WifiOff };

export function Banner({ tone = 'neutral', icon = 'info', title, children, action }: BannerProps) {
  const Icon = icons[icon];
  return (
    <div
      role="status"
      className={cx(
        'flex min-h-9 shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-b px-6 py-1 text-12 max-sm:px-4',
        tone === 'danger' ? 'border-danger-line bg-danger-soft' : 'border-line-2 bg-raised',
      )}
    >
      <Icon
        className={cx('size-3.5', tone === 'danger' ? 'text-danger' : 'text-text-3')}
        aria-hidden="true"
      />
      <span className="font-medium">{title}</span>
      <span className="min-w-0 flex-1 text-text-2 max-sm:order-last max-sm:basis-full">{children}</span>
      {action !== undefined && <span className="ml-auto">{action}</span>}
    </div>
  );
}

/** A quiet box inside a form: a fact to know before going on. */
export function Callout({ children, icon }: { children: ReactNode; icon?: ReactNode }) {
  return (
    <div className="flex gap-2.5 rounded-sm bg-raised px-3 py-2.5 text-12 text-text-2 [&>svg]:mt-0.5 [&>svg]:size-3.5 [&>svg]:text-text-3">
      {icon ?? <Info aria-hidden="true" />}
      <div className="min-w-0 flex-1">{children}</div>
    </div>
  );
}
