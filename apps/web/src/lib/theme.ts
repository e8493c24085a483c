// The theme: the user's choice (system, dark, light), kept in localStorage, applied to <html data-theme>.
// public/boot.js applies the same choice before the first paint.
import { useSyncExternalStore } from 'react';
import { z } from 'zod';

const KEY = 'roundhouse.theme';
const choiceSchema = z.enum(['system', 'dark', 'light']);
export type ThemeChoice = z.infer<typeof choiceSchema>;
export type Theme = 'dark' | 'light';

const listeners = new Set<() => void>();
const systemLight = (): MediaQueryList => matchMedia('(prefers-color-scheme: light)');

function stored(): ThemeChoice {
  try {
    return choiceSchema.catch('system').parse(localStorage.getItem(KEY) ?? 'system');
  } catch {
    return 'system'; // storage is blocked
  }
}

let choice: ThemeChoice = stored();

/** What the choice means now. */
const currentTheme = (): Theme =>
  choice === 'light' || (choice === 'system' && systemLight().matches) ? 'light' : 'dark';

function apply(): void {
  const theme = currentTheme();
  document.documentElement.dataset['theme'] = theme;
  const bar = document.querySelector('meta[name="theme-color"]');
  bar?.setAttribute('content', theme === 'light' ? '#fafbfc' : '#0d0e11');
  for (const listener of listeners) listener();
}

/** Sets and keeps the choice. */
export function setTheme(next: ThemeChoice): void {
  choice = next;
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // storage is blocked: the choice lasts for this page
  }
  apply();
}

/** Follows the system and the other tabs; returns the end of it. */
export function startTheme(): () => void {
  const onStorage = (event: StorageEvent): void => {
    if (event.key !== KEY) return;
    choice = stored();
    apply();
  };
  const media = systemLight();
  media.addEventListener('change', apply);
  window.addEventListener('storage', onStorage);
  apply();
  return () => {
    media.removeEventListener('change', apply);
    window.removeEventListener('storage', onStorage);
  };
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const useThemeChoice = (): ThemeChoice => useSyncExternalStore(subscribe, () => choice);
/** The theme in effect; the terminal takes its palette from it. */
export const useTheme = (): Theme => useSyncExternalStore(subscribe, currentTheme);
