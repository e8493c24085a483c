// Titles come from agents: plain text for people, whatever was sent. Pure.
import { titleMaxLength } from './model/terminal.js';

const unwanted =
  // eslint-disable-next-line no-control-regex -- control and direction characters are what is removed
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu;

/** A title without control, direction or invisible characters, at most 120 characters; null when nothing is left. */
export function cleanTitle(raw: string): string | null {
  // A title of megabytes is cut before it is looked at.
  const text = raw
    .slice(0, 4 * titleMaxLength)
    .replace(unwanted, '')
    .replace(/\s+/gu, ' ')
    .trim();
  const cut = [...text].slice(0, titleMaxLength).join('');
  return cut === '' ? null : cut.slice(0, titleMaxLength).trimEnd();
}
