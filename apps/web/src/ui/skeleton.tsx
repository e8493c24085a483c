// A placeholder of the same size as what comes; it appears only after 150 ms, so that fast answers never flash.
import { cx } from 'class-variance-authority';
import type { ReactNode } from 'react';
import { t } from '../lib/i18n/t.js';

export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden="true" className={cx('reveal-late block rounded-xs bg-raised', className)} />;
}

/** Wraps skeletons and says once, to screen readers, that something loads. */
export function SkeletonGroup({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <div role="status" aria-label={t('ui.loading')} className={className}>
      {children}
    </div>
  );
}
