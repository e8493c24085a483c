// What a page tells the shell: its title, breadcrumb and the right end of the header. The shell owns the places
// (PageSlots); without a shell, as in a pop-out window, only the title is set.
import { Link } from '@tanstack/react-router';
import { cx } from 'class-variance-authority';
import { ChevronRight } from 'lucide-react';
import { createContext, use, useEffect, type ReactNode } from 'react';
import { createPortal } from 'react-dom';
import { pageTitle } from '../lib/page-title.js';

export interface Slots {
  start: HTMLElement | null;
  end: HTMLElement | null;
}

export const PageSlots = createContext<Slots>({ start: null, end: null });

export interface Crumb {
  label: string;
  to: string;
}

export interface PageProps {
  title: string;
  /** Shown in the place of the title; must hold the h1. */
  heading?: ReactNode;
  /** Pages above this one, outermost first. */
  crumbs?: readonly Crumb[];
  /** Behind the title: status, agent, host. */
  meta?: ReactNode;
  /** At the right end of the header, before search and Spawn. */
  actions?: ReactNode;
  /** No padding and no scrolling of its own: for the terminal. */
  flush?: boolean;
  children: ReactNode;
}

export function Page(props: PageProps) {
  const { title, heading, crumbs = [], meta, actions, flush = false, children } = props;
  const slots = use(PageSlots);
  useEffect(() => {
    pageTitle.set(title);
  }, [title]);
  return (
    <>
      {slots.start &&
        createPortal(
          <Heading heading={heading ?? <h1 className="truncate">{title}</h1>} crumbs={crumbs} meta={meta} />,
          slots.start,
        )}
      {slots.end && actions !== undefined && createPortal(actions, slots.end)}
      <div
        className={cx(
          'min-h-0 flex-1',
          flush ? 'flex flex-col' : 'scroll-thin overflow-y-auto px-6 pt-5 pb-6 max-sm:px-4 max-sm:pt-4',
        )}
      >
        {children}
      </div>
    </>
  );
}

interface HeadingProps {
  heading: ReactNode;
  crumbs: readonly Crumb[];
  meta: ReactNode;
}

function Heading({ heading, crumbs, meta }: HeadingProps) {
  return (
    <>
      <nav className="flex min-w-0 items-center gap-2 text-14 font-strong tracking-14">
        {crumbs.map((crumb) => (
          <span key={crumb.to} className="flex items-center gap-2 font-medium text-text-3 max-sm:hidden">
            <Link to={crumb.to} className="rounded-xs hover:text-text-2">
              {crumb.label}
            </Link>
            <ChevronRight className="size-3.5" aria-hidden="true" />
          </span>
        ))}
        {heading}
      </nav>
      {meta}
    </>
  );
}
