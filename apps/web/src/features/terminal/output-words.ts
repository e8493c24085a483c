// What output may say to a person besides text: a title, something to copy, a notification. All of it is the agent's
// word: decoded, cleaned and cut here; nothing is answered, nothing is done by itself. Pure.
import { cleanTitle } from '@roundhouse/protocol';
import { cleanPaste } from './paste.js';

/** Largest text that an agent may offer for the clipboard, in bytes: a file, not a flood. */
export const clipboardMaxBytes = 100_000;

/** The text of OSC 52, or null: a question, an empty or broken or too large offer. */
export function clipboardText(data: string): string | null {
  const at = data.indexOf(';');
  const encoded = at < 0 ? '' : data.slice(at + 1);
  // Asking what is in the clipboard is never answered.
  if (encoded === '' || encoded === '?' || encoded.length > (clipboardMaxBytes * 4) / 3 + 4) return null;
  try {
    const bytes = Uint8Array.from(atob(encoded), (char) => char.charCodeAt(0));
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    // It may be pasted into another terminal: control characters have no business in it.
    const clean = cleanPaste(text).text;
    return clean === '' ? null : clean;
  } catch {
    return null;
  }
}

/** OSC 9 is text, but for the numbers of other terminals' extensions (`9;4;…` is a progress bar). */
export const notificationOf9 = (data: string): string | null =>
  /^\d+(;|$)/.test(data) ? null : cleanTitle(data);

/** OSC 777: `notify;title;body`. */
export function notificationOf777(data: string): string | null {
  const [kind, ...words] = data.slice(0, 4096).split(';');
  return kind === 'notify' ? cleanTitle(words.filter((word) => word !== '').join(': ')) : null;
}

/** OSC 99: `key=value:key=value;text`; queries and what is not text say nothing. */
export function notificationOf99(data: string): string | null {
  const at = data.indexOf(';');
  if (at < 0) return null;
  const meta = new Map(
    data
      .slice(0, Math.min(at, 1024))
      .split(':')
      .map((pair): [string, string] => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  );
  const part = meta.get('p') ?? 'title';
  if (part !== 'title' && part !== 'body') return null;
  const text = data.slice(at + 1, at + 1 + 4096);
  if (meta.get('e') !== '1') return cleanTitle(text);
  try {
    return cleanTitle(new TextDecoder().decode(Uint8Array.from(atob(text), (char) => char.charCodeAt(0))));
  } catch {
    return null;
  }
}
