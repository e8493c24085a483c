// JSON settings put together: ours over what lies underneath, and only what a user's own file does not say.

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonMap;
export interface JsonMap {
  readonly [key: string]: JsonValue;
}

const isMap = (value: JsonValue | undefined): value is JsonMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `base` below `top`: maps are merged, lists come one after the other (hooks of both run), else the top counts. */
export function under(top: JsonMap, base: JsonMap): JsonMap {
  const merged = new Map(Object.entries(base));
  for (const [key, value] of Object.entries(top)) merged.set(key, over(value, merged.get(key)));
  return Object.fromEntries(merged);
}

function over(value: JsonValue, below: JsonValue | undefined): JsonValue {
  if (isMap(value) && isMap(below)) return under(value, below);
  if (Array.isArray(value) && Array.isArray(below))
    return [...(below as JsonValue[]), ...(value as JsonValue[])];
  return value;
}

/** What is wanted and not there yet; a key that the user has, whatever its value, is the user's. */
export function without(wanted: JsonMap, users: JsonMap): JsonMap {
  return Object.fromEntries(
    Object.entries(wanted).flatMap(([key, value]): [string, JsonValue][] => {
      if (!Object.hasOwn(users, key)) return [[key, value]];
      const theirs = users[key];
      if (!isMap(value) || !isMap(theirs)) return [];
      const rest = without(value, theirs);
      return Object.keys(rest).length > 0 ? [[key, rest]] : [];
    }),
  );
}
