// How much of a list fits into a message to the hub, which takes 1 MiB at most. Pure.

/** Of the two lists that `hello` carries; together with the rest they stay under the hub's limit. */
export const sessionsBytesMax = 384 * 1024;
export const projectsBytesMax = 448 * 1024;

/** The first items that stay within `maxBytes` as JSON, which is longer than what travels. */
export function fitting<T>(items: readonly T[], maxBytes: number): T[] {
  const taken: T[] = [];
  let bytes = 0;
  for (const item of items) {
    bytes += Buffer.byteLength(JSON.stringify(item)) + 1;
    if (bytes > maxBytes) break;
    taken.push(item);
  }
  return taken;
}
