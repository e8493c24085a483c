// JSON as people write it into settings: with comments, and commas at the end of lists. Pure.

/** The value; undefined when the text is neither JSON nor this. */
export function parseRelaxedJson(text: string): unknown {
  for (const candidate of [() => text, () => withoutComments(text)]) {
    try {
      return JSON.parse(candidate()) as unknown;
    } catch {
      // The next one, or nothing.
    }
  }
  return undefined;
}

/** Strings stay as they are; comments go, and a comma before a closing bracket. One pass, whatever the text. */
function withoutComments(text: string): string {
  const kept: string[] = [];
  for (let at = 0; at < text.length;) {
    const end = pieceEnd(text, at);
    const piece = text.slice(at, end);
    if (!piece.startsWith('//') && !piece.startsWith('/*')) {
      if (/^[}\]]$/.test(piece)) dropComma(kept);
      kept.push(piece);
    }
    at = end;
  }
  return kept.join('');
}

/** Where the string, comment or character that begins here ends. */
function pieceEnd(text: string, at: number): number {
  const begin = text.slice(at, at + 2);
  if (begin.startsWith('"')) return stringEnd(text, at + 1);
  if (begin !== '//' && begin !== '/*') return at + 1;
  const closing = begin === '//' ? '\n' : '*/';
  const end = text.indexOf(closing, at + 2);
  return end < 0 ? text.length : end + (begin === '//' ? 0 : 2);
}

function stringEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}

function dropComma(kept: string[]): void {
  let last = kept.length - 1;
  while (last >= 0 && (kept[last] ?? '').trim() === '') last -= 1;
  if (kept[last] === ',') kept.splice(last, 1);
}
