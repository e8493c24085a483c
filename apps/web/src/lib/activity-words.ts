// The words of what an agent does: its state with what it waits for, and what it asks. Pure.
import type { Activity, Session } from '@roundhouse/protocol';
import { t } from './i18n/t.js';
import { sessionStatus } from './status.js';

/** "Asks permission" instead of "Waiting", when the agent told what it waits for. */
export function stateWord(session: Session): string {
  const kind = sessionStatus(session);
  const waitsFor = kind === 'waiting' ? (session.activity?.waitsFor ?? null) : null;
  return waitsFor === null ? t(`status.${kind}`) : t(`status.waitsFor.${waitsFor}`);
}

/** "Bash · npm publish"; null when the agent told nothing of it. One line. */
export function askedLine({ ask }: Pick<Activity, 'ask'>): string | null {
  if (!ask) return null;
  const what = ask.command ?? ask.file ?? ask.text;
  const line = [ask.tool, what].filter((part) => part !== null).join(' · ');
  const short = line.replaceAll(/\s+/g, ' ').trim();
  return short === '' ? null : short;
}

/** What it asks or does, else why it is said to be so; empty when nothing is known. */
export const activityLine = (activity: Activity | null): string =>
  activity === null ? '' : (askedLine(activity) ?? activity.why);
