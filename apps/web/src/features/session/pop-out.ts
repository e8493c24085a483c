// The window of its own that a session may have: one per session, brought forward when it is open.
import type { Host, Session } from '@roundhouse/protocol';
import { underBase } from '../../lib/base-path.js';

/** Width and height in px, about 120 × 36 cells. */
const SIZE = 'popup,width=1040,height=720';

/** False when the browser blocked it. */
export function popOut(session: Session): boolean {
  const opened = window.open('', windowName(session), SIZE);
  if (!opened) return false;
  // A window that shows the session already keeps its terminal; a new one is blank.
  const path = underBase(`/sessions/${session.id}/pop`);
  if (opened.location.pathname !== path) opened.location.assign(path);
  opened.focus();
  return true;
}

export const windowName = ({ id }: Session): string => `roundhouse-session-${id}`;

/** `claude - dev-01 - payments-api - agent/keys`, and the agent's own title last: what tells windows apart. */
export const windowTitle = (
  session: Session,
  host: Host | undefined,
  agentTitle: string | null = null,
): string =>
  [session.profile, host?.name, session.projectName, session.branch, agentTitle]
    .filter((part) => part !== undefined && part !== null && part !== '')
    .join(' - ');
