// Bytes of a terminal, joined and as they are sent.
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts;
  if (first && parts.length === 1) return first;
  const all = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.byteLength;
  }
  return all;
}

/** What counts as a key and not as a paste, in bytes. */
const keyBytes = 64;

/** A key as text, which is one message where bytes are two. What is longer, or not ASCII, stays bytes. */
export const keyOrBytes = (data: Uint8Array): string | Uint8Array =>
  data.byteLength <= keyBytes && data.every((byte) => byte < 0x80) ? String.fromCharCode(...data) : data;
