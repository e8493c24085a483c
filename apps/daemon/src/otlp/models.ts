// Names of models: one name for one model, and what stood in brackets behind it.

/** Longest name that is kept, as on the wire. */
const maxName = 200;

export interface ModelName {
  readonly name: string;
  /** As "1m" in "claude-opus-4-8[1m]"; null when there is none. */
  readonly marker: string | null;
}

/** "some-model[1m]" is "some-model" with the marker "1m"; null for an empty name. */
export function parseModel(raw: string | null | undefined): ModelName | null {
  const [, before = '', marker] = /^(.*?)(?:\[([^[\]]{1,20})\])?$/s.exec((raw ?? '').trim()) ?? [];
  const name = before.trim().slice(0, maxName);
  return name === '' ? null : { name, marker: marker?.trim().toLowerCase() ?? null };
}
