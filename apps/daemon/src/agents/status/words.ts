// The words of a state: why it is so, and what is asked; short, one line, and without what would disturb a page. Pure.
import { askLimits, type Ask } from '@roundhouse/protocol';

/** Characters, as the wire takes them. */
const whyMax = 300;
/** Of a title or a line of the screen within a reason. */
const quoteMax = 120;

/* eslint-disable no-control-regex -- control and direction characters are what is removed */
const unwanted = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufff9-\ufffb]+/gu;
const unwantedButLines =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufff9-\ufffb]+/gu;
/* eslint-enable no-control-regex */

const cut = (text: string, max: number): string =>
  text.length <= max ? text : `${text.slice(0, max - 1).replace(/[\ud800-\udbff]$/u, '')}…`;

const line = (text: string, max: number): string =>
  cut(
    text
      .slice(0, max * 4)
      .replace(unwanted, ' ')
      .replace(/ {2,}/gu, ' ')
      .trim(),
    max,
  );

export const whyOfEvent = (event: string, tool: string | null): string =>
  line(tool === null ? event : `${event} ${tool}`, whyMax);
export const whyOfTitle = (title: string): string => `title ${line(title, quoteMax)}`;
export const whyOfOsc = (code: number, payload: string): string =>
  `OSC ${String(code)} ${line(payload, quoteMax)}`;
/** @param text what the pattern matched; its first line that says something is shown */
export const whyOfScreen = (text: string): string => {
  const first = text.split('\n').find((row) => row.trim() !== '') ?? '';
  return `screen: ${line(first, quoteMax)}`;
};

/** Null when nothing is asked. */
export function askOf(found: { readonly [K in keyof Ask]?: string | null | undefined }): Ask | null {
  const tool = oneLine(found.tool, askLimits.tool);
  const command = lines(found.command, askLimits.command);
  const file = oneLine(found.file, askLimits.file);
  const text = lines(found.text, askLimits.text);
  if (tool === null && command === null && file === null && text === null) return null;
  return { tool, command, file, text };
}

function oneLine(text: string | null | undefined, max: number): string | null {
  const clean = text == null ? '' : line(text, max);
  return clean === '' ? null : clean;
}

/** A command may have several lines, and is shown as it is. */
function lines(text: string | null | undefined, max: number): string | null {
  const clean =
    text == null
      ? ''
      : cut(
          text
            .slice(0, max * 4)
            .replace(unwantedButLines, ' ')
            .trim(),
          max,
        );
  return clean === '' ? null : clean;
}
