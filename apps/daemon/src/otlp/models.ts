// Names of models: one name for one model, and the context window where it is known.

const wideMarker = '[1m]';
/** Tokens. Claude models have the first; the marker in a model's name stands for the second. */
const claudeWindow = 200_000;
const claudeWideWindow = 1_000_000;
/** Longest name that is kept, as on the wire. */
const maxName = 200;

export interface ModelName {
  readonly name: string;
  /** Whether the name carried the marker of the one-million window. */
  readonly marked: boolean;
}

/** "claude-opus-4-8[1m]" is "claude-opus-4-8", marked; null for an empty name. */
export function parseModel(raw: string | undefined): ModelName | null {
  const text = (raw ?? '').trim();
  const marked = text.toLowerCase().endsWith(wideMarker);
  const name = (marked ? text.slice(0, -wideMarker.length) : text).trim().slice(0, maxName);
  return name === '' ? null : { name, marked };
}

/** Tokens that fit; null when the model is not known. */
export function windowOf(name: string, wide: boolean): number | null {
  if (!/(^|[./])claude/i.test(name)) return null;
  return wide ? claudeWideWindow : claudeWindow;
}
