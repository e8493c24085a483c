// Short results of the user's own actions. Everything else belongs on the page.
import { lazy, Suspense, useState } from 'react';
import { describeError } from '../lib/api-error.js';
import { useStore } from '../lib/store.js';
import { toasts, type ToastAction, type ToastSpec } from './toast-queue.js';

const Lazy = lazy(async () => ({ default: (await import('./toaster.js')).Toaster }));

/** Mounted once by the app; loads its code with the first toast. */
export function Toaster() {
  const any = useStore(toasts).length > 0;
  const [wanted, setWanted] = useState(false);
  if (any && !wanted) setWanted(true);
  return <Suspense>{wanted && <Lazy />}</Suspense>;
}

const add = (spec: ToastSpec): void => toasts.set([...toasts.get(), spec]);

export const toast = {
  /** Something that the user asked for is done. */
  done(title: string, options: { description?: string; action?: ToastAction } = {}): void {
    add({ kind: 'success', title, ...options });
  },
  /** Something that the user asked for failed. */
  error(error: unknown): void {
    const { message, hint, code } = describeError(error);
    add({ kind: 'error', title: message, description: hint, code });
  },
};
