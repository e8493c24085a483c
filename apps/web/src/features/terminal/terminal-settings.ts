// How this browser shows terminals: type, colours, lines kept, sound. Kept in localStorage, the same in all tabs.
import { z } from 'zod';
import { createStore, useStore } from '../../lib/store.js';

const KEY = 'roundhouse.terminal';

export const fontSizes = { min: 8, max: 28, normal: 13, phone: 12 } as const;
export const scrollbackChoices = [1000, 5000, 10_000] as const;
/** `app` follows the page; the others are the same in both. */
export const terminalThemes = ['app', 'night', 'paper', 'contrast', 'dusk', 'moss'] as const;
export type TerminalThemeName = (typeof terminalThemes)[number];

const settingsSchema = z.object({
  /** Null is what suits the screen. */
  fontSize: z.number().min(fontSizes.min).max(fontSizes.max).nullable().catch(null),
  theme: z.enum(terminalThemes).catch('app'),
  scrollback: z.union(scrollbackChoices.map((lines) => z.literal(lines))).catch(5000),
  bellSound: z.boolean().catch(false),
  screenReader: z.boolean().catch(false),
});
export type TerminalSettings = z.infer<typeof settingsSchema>;

function stored(): TerminalSettings {
  try {
    return settingsSchema
      .catch(settingsSchema.parse({}))
      .parse(JSON.parse(localStorage.getItem(KEY) ?? '{}'));
  } catch {
    return settingsSchema.parse({}); // storage is blocked, or not ours
  }
}

export const terminalSettings = createStore(stored());
export const useTerminalSettings = (): TerminalSettings => useStore(terminalSettings);

export function changeSettings(change: Partial<TerminalSettings>): void {
  const next = { ...terminalSettings.get(), ...change };
  terminalSettings.set(next);
  try {
    localStorage.setItem(KEY, JSON.stringify(next));
  } catch {
    // storage is blocked: the choice lasts for this page
  }
}

/** One step larger or smaller than what is seen now; null is the usual size. */
export function changeFontSize(now: number, step: number | null): void {
  const size =
    step === null ? null : Math.min(fontSizes.max, Math.max(fontSizes.min, Math.round(now + step)));
  changeSettings({ fontSize: size });
}
