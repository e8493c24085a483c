// The keys above a phone's keyboard and what they send; Ctrl and Alt stick until the next key, twice locks. Pure.

export type Stick = 'off' | 'once' | 'locked';
export interface Sticky {
  readonly ctrl: Stick;
  readonly alt: Stick;
}
export const noSticky: Sticky = { ctrl: 'off', alt: 'off' };

const nextStick: Readonly<Record<Stick, Stick>> = { off: 'once', once: 'locked', locked: 'off' };

export const pressSticky = (sticky: Sticky, key: keyof Sticky): Sticky => ({
  ...sticky,
  [key]: nextStick[sticky[key]],
});

/** After a key: what was for one key only is off again. */
export const release = ({ ctrl, alt }: Sticky): Sticky => ({
  ctrl: ctrl === 'once' ? 'off' : ctrl,
  alt: alt === 'once' ? 'off' : alt,
});

export type PhoneKey = 'esc' | 'tab' | 'up' | 'down' | 'left' | 'right' | 'interrupt' | '/' | '|' | 'enter';

const ESC = '\u001b';
const arrows = { up: 'A', down: 'B', right: 'C', left: 'D' } as const;
const plain = { esc: ESC, tab: '\t', interrupt: '\u0003', '/': '/', '|': '|', enter: '\r' } as const;
const isArrow = (key: PhoneKey): key is keyof typeof arrows => key in arrows;

/** The bytes of a key, with the modifiers that are on; `application` is the cursor-key mode of the program. */
export function keySequence(key: PhoneKey, sticky: Sticky, application: boolean): string {
  if (!isArrow(key)) return withModifiers(plain[key], sticky);
  const modifier = 1 + (sticky.alt === 'off' ? 0 : 2) + (sticky.ctrl === 'off' ? 0 : 4);
  if (modifier > 1) return `${ESC}[1;${modifier}${arrows[key]}`;
  return `${ESC}${application ? 'O' : '['}${arrows[key]}`;
}

/** What the phone's keyboard typed, with the modifiers that are on: Ctrl+C is ETX, Alt is a leading ESC. */
export function withModifiers(typed: string, { ctrl, alt }: Sticky): string {
  const code = typed.length === 1 ? typed.toUpperCase().charCodeAt(0) : 0;
  const held = ctrl !== 'off' && code >= 0x3f && code <= 0x5f ? String.fromCharCode(code ^ 0x40) : typed;
  const space = ctrl !== 'off' && typed === ' ' ? '\u0000' : held;
  return alt === 'off' || typed === ESC ? space : ESC + space;
}
