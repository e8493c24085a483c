// The registry of keyboard shortcuts. It feeds the `?` sheet and the palette. Plain keys do nothing while somebody
// types, in a terminal, or under an open dialog; there every key belongs to what has the focus.
import { useEffect, useRef } from 'react';
import type { PlainKey } from './i18n/t.js';
import { createStore, useStore } from './store.js';

export type ShortcutGroup = 'go' | 'actions' | 'general';

export interface Shortcut {
  /** Unique; a later one with the same id replaces the earlier while it is mounted. */
  readonly id: string;
  /** `c`, `?`, `mod+k`, or a sequence: `g f`. Empty: only in the palette. */
  readonly keys: string;
  readonly label: string;
  readonly group: ShortcutGroup;
  readonly run: () => void;
}

/** Time in ms within which the second key of a sequence must come. */
const SEQUENCE_MS = 1000;

const list = createStore<readonly Shortcut[]>([]);

export const groupTitles: Readonly<Record<ShortcutGroup, PlainKey>> = {
  go: 'shell.groupGoTo',
  actions: 'shell.groupActions',
  general: 'shell.groupGeneral',
};

export function registerShortcut(shortcut: Shortcut): () => void {
  list.set([...list.get(), shortcut]);
  return () => list.set(list.get().filter((each) => each !== shortcut));
}

/** All that are registered now; of one id only the newest. */
export function useShortcuts(): readonly Shortcut[] {
  return [...new Map(useStore(list).map((each) => [each.id, each])).values()];
}

/** Registers a shortcut while the component is mounted; `run` may change from render to render. */
export function useShortcut({ id, keys, label, group, run }: Shortcut, enabled = true): void {
  const latest = useRef(run);
  useEffect(() => {
    latest.current = run;
  }, [run]);
  useEffect(() => {
    if (!enabled) return;
    return registerShortcut({ id, keys, label, group, run: () => latest.current() });
  }, [id, keys, label, group, enabled]);
}

const isMac = (): boolean => /Mac|iPhone|iPad/.test(navigator.userAgent);

/** `mod+k` as the keys that a person sees: `⌘`, `K` or `Ctrl`, `K`. */
export const keyCaps = (keys: string): string[] =>
  keys
    .split(' ')
    .flatMap((part) => part.split('+'))
    .filter(Boolean)
    .map((key) => (key === 'mod' ? (isMac() ? '⌘' : 'Ctrl') : key === 'enter' ? '⏎' : key.toUpperCase()));

const strokeOf = (event: KeyboardEvent): string =>
  `${event.metaKey || event.ctrlKey ? 'mod+' : ''}${event.key.length === 1 ? event.key.toLowerCase() : event.key}`;

/** Whether plain keys belong to something else now. */
export function keysAreTaken(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  if (
    target.closest('input, textarea, select, [contenteditable=""], [contenteditable="true"], [data-terminal]')
  )
    return true;
  return document.querySelector('[role="dialog"][data-state="open"]') !== null;
}

/** Listens on the document; returns the end of it. */
export function startShortcuts(now: () => number = () => performance.now()): () => void {
  let first = '';
  let firstAt = 0;
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing || event.altKey || event.repeat) return;
    const stroke = strokeOf(event);
    const modified = stroke.startsWith('mod+');
    const inTerminal = event.target instanceof Element && event.target.closest('[data-terminal]') !== null;
    if (modified ? inTerminal : keysAreTaken(event.target)) return;
    const typed = first !== '' && now() - firstAt < SEQUENCE_MS ? `${first} ${stroke}` : stroke;
    const known = list.get().toReversed();
    const hit = known.find((each) => each.keys === typed) ?? known.find((each) => each.keys === stroke);
    first = '';
    if (hit) {
      event.preventDefault();
      hit.run();
    } else if (known.some((each) => each.keys.startsWith(`${stroke} `))) {
      first = stroke;
      firstAt = now();
    }
  };
  document.addEventListener('keydown', onKeyDown);
  return () => document.removeEventListener('keydown', onKeyDown);
}
