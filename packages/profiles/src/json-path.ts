// Values inside a JSON document by a path of a profile: keys and list positions with dots between them.

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What stands at the path; undefined when nothing does. A key that itself has dots is found as well. */
export function valueAt(document: unknown, path: string): unknown {
  if (Array.isArray(document)) return inList(document, path);
  if (!isMap(document)) return undefined;
  if (Object.hasOwn(document, path)) return document[path];
  for (let dot = path.indexOf('.'); dot > 0; dot = path.indexOf('.', dot + 1)) {
    const key = path.slice(0, dot);
    if (!Object.hasOwn(document, key)) continue;
    const found = valueAt(document[key], path.slice(dot + 1));
    if (found !== undefined) return found;
  }
  return undefined;
}

function inList(list: readonly unknown[], path: string): unknown {
  const [position = '', ...rest] = path.split('.');
  const item = /^\d{1,6}$/.test(position) ? list[Number(position)] : undefined;
  return rest.length === 0 ? item : valueAt(item, rest.join('.'));
}

/** The value as text: a list of words (a command) is joined; null for what is no text. */
export function textAt(document: unknown, path: string): string | null {
  const value = valueAt(document, path);
  if (!Array.isArray(value)) return plain(value);
  const words = value.filter((word): word is string => typeof word === 'string');
  return words.length === value.length ? words.join(' ') : null;
}

const plain = (value: unknown): string | null =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
