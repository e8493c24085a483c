// Keeps characters whole: the emulator's decoder loses count of one that is cut behind a byte 0x80 (every second dash and
// bullet has one), so the end of a piece waits until the rest is there. Pure.

/** Length of `bytes` without a character that has begun at its end and may go on. */
export function wholeLength(bytes: Uint8Array): number {
  const length = bytes.length;
  for (let back = 1; back <= Math.min(3, length); back += 1) {
    const byte = bytes[length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    return needs(byte) > back ? length - back : length;
  }
  return length;
}

/** Bytes of the character that begins with `byte`. */
function needs(byte: number): number {
  if ((byte & 0xe0) === 0xc0) return 2;
  if ((byte & 0xf0) === 0xe0) return 3;
  return (byte & 0xf8) === 0xf0 ? 4 : 1;
}
