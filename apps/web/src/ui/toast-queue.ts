// Toasts that wait for the code that draws them.
import { createStore } from '../lib/store.js';

export interface ToastAction {
  label: string;
  onClick: () => void;
}

export interface ToastSpec {
  readonly kind: 'success' | 'error';
  readonly title: string;
  readonly description?: string | undefined;
  /** Of an error, which leads to its cure. */
  readonly code?: string | null | undefined;
  readonly action?: ToastAction | undefined;
}

export const toasts = createStore<readonly ToastSpec[]>([]);
