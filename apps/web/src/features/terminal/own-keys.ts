// The few keys that are not the agent's: F6, the browser's own for zoom, and copying what is selected. Pure.
export type OwnKey = 'leave' | 'larger' | 'smaller' | 'usual' | 'copy';

type Pressed = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

export function ownKey(pressed: Pressed, selected: boolean): OwnKey | null {
  const { key, ctrlKey, metaKey, altKey, shiftKey } = pressed;
  const held = ctrlKey || metaKey;
  if (key === 'F6') return held || altKey ? null : 'leave';
  if (!held || altKey) return null;
  if (shiftKey) return key === '+' ? 'larger' : key.toLowerCase() === 'c' && selected ? 'copy' : null;
  return zoomKeys[key] ?? null;
}

const zoomKeys: Readonly<Record<string, OwnKey>> = {
  '+': 'larger',
  '=': 'larger',
  '-': 'smaller',
  '0': 'usual',
};
